using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Http.Http1;

namespace Weir.Pipeline.ErrorPages;

/// <summary>One page of one status, rendered but for the request id: the pieces between its places, in pinned memory.</summary>
internal sealed class ErrorPage
{
    private const string RequestIdMark = "{request_id}";

    private readonly PinnedBody[] _pieces;
    private readonly ErrorPageForm _form;
    private readonly int _piecesLength;

    private ErrorPage(PinnedBody[] pieces, ErrorPageForm form)
    {
        _pieces = pieces;
        _form = form;
        _piecesLength = pieces.Sum(piece => piece.Length);
    }

    /// <summary>Fills in what is known of a template.</summary>
    public static ErrorPage Render(ReadOnlySpan<byte> template, int status, ErrorPageForm form)
    {
        byte[] reason = ErrorPageEscape.Escape(Encoding.ASCII.GetBytes(Reason(status)), form);

        // Latin-1 keeps every octet of a template as it is, whatever its encoding.
        string text = Encoding.Latin1.GetString(template)
            .Replace("{status}", status.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{reason}", Encoding.ASCII.GetString(reason), StringComparison.Ordinal);
        string[] pieces = text.Split(RequestIdMark);
        return new ErrorPage([.. pieces.Select(piece => new PinnedBody(Encoding.Latin1.GetBytes(piece)))], form);
    }

    /// <summary>The page with the exchange's request id, to be read once before the exchange is over.</summary>
    public BodyReader Open(Exchange exchange)
    {
        if (ErrorPageEscape.IsHarmless(exchange.RequestId))
        {
            return new ErrorPageReader(_pieces, exchange.RequestIdSlice, null, _piecesLength);
        }

        PinnedBody escaped = new(ErrorPageEscape.Escape(exchange.RequestId, _form));
        return new ErrorPageReader(_pieces, escaped.Slice, escaped, _piecesLength);
    }

    private static string Reason(int status)
    {
        string phrase = ReasonPhrases.For(status);
        return phrase.Length > 0 ? phrase : status < 500 ? "Client Error" : "Server Error";
    }
}
