// Hot: once for each exchange. See bench/Weir.Bench.Log.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// The combined log format that every log analyser reads: client - - [time] "request line" status bytes "referer" "user agent". Quotes,
/// backslashes and everything but printable ASCII are written as \xNN, so that no client can end a field or a line.
/// </summary>
public sealed class CombinedAccessFormat : AccessFormat
{
    private const EscapeStyle Style = EscapeStyle.Hex;

    private readonly LineClock _clock = new();

    /// <inheritdoc/>
    public override AccessFormat ForLoop() => new CombinedAccessFormat();

    /// <inheritdoc/>
    public override int Write(Exchange exchange, Span<byte> line)
    {
        LineWriter writer = new(line);
        Span<byte> room = stackalloc byte[IpAddress.MaxTextOctets];
        writer.Raw(AccessFacts.Client(exchange, room));
        writer.Raw(" - - ["u8);
        writer.Raw(_clock.Common(exchange.Loop.UnixMs));
        writer.Raw("] \""u8);
        WriteRequestLine(exchange.Request, ref writer);
        writer.Raw("\" "u8);
        writer.Number(AccessFacts.Status(exchange));
        writer.Raw(" "u8);
        writer.Number(exchange.SentBodyOctets);
        writer.Raw(" \""u8);
        WriteField(exchange.Request.Fields, KnownField.Referer, AccessBounds.Referer, ref writer);
        writer.Raw("\" \""u8);
        WriteField(exchange.Request.Fields, KnownField.UserAgent, AccessBounds.UserAgent, ref writer);
        writer.Raw("\""u8);
        return End(ref writer, line);
    }

    private static void WriteRequestLine(RequestHead request, ref LineWriter writer)
    {
        writer.Text(request.MethodToken, AccessBounds.Method, Style);
        writer.Raw(" "u8);
        AccessFacts.Target(request, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> query);
        writer.Text(path, AccessBounds.Path, Style);
        if (!query.IsEmpty)
        {
            writer.Raw("?"u8);
            writer.Text(query, AccessBounds.Query, Style);
        }

        // Analysers know HTTP/2 by the name that it never had.
        writer.Raw(request.Version == HttpVersion.Http2 ? " HTTP/2.0"u8 : request.Version == HttpVersion.Http3 ? " HTTP/3.0"u8 : " "u8);
        if (request.Version is not (HttpVersion.Http2 or HttpVersion.Http3))
        {
            writer.Raw(AccessFacts.Protocol(request.Version));
        }
    }

    private static void WriteField(HeaderFields fields, KnownField name, int bound, ref LineWriter writer)
    {
        if (fields.TryGet(name, out ReadOnlySpan<byte> value) && !value.IsEmpty)
        {
            writer.Text(value, bound, Style);
            return;
        }

        writer.Raw("-"u8);
    }
}
