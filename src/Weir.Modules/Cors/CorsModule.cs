// Hot: runs for each request and response that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Cors;

/// <summary>The CORS protocol on behalf of the origin server.</summary>
internal sealed class CorsModule : IRequestModule, IResponseModule
{
    private readonly OriginPattern[]? _origins;
    private readonly CorsAnswers _answers;

    /// <param name="origins">Null: every origin.</param>
    /// <param name="answers">What allowed ones are told.</param>
    public CorsModule(OriginPattern[]? origins, CorsAnswers answers)
    {
        _origins = origins;
        _answers = answers;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields request = exchange.Request.Fields;
        bool isPreflight = exchange.Request.Method == RequestMethod.Options
            && request.TryGet("Origin"u8, out _)
            && request.TryGet("Access-Control-Request-Method"u8, out _);
        if (!isPreflight)
        {
            return new(Verdict.Continue);
        }

        request.TryGet("Origin"u8, out ReadOnlySpan<byte> origin);
        exchange.Answer(204);
        HeaderFields response = exchange.Response.Fields;
        response.Add(KnownField.Vary, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"u8);
        bool isAllowed = IsAllowed(origin);
        exchange.Trace?.Add("cors", isAllowed ? "answered a preflight" : "answered a preflight of an origin that is not in the list");
        if (isAllowed)
        {
            Permit(response, origin);
            AnswerPreflight(request, response);
        }

        return new(Verdict.Answered);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        HeaderFields response = exchange.Response.Fields;
        RemoveAll(response);
        if (_origins is not null)
        {
            response.Add(KnownField.Vary, "Origin"u8);
        }

        bool hasOrigin = exchange.Request.Fields.TryGet("Origin"u8, out ReadOnlySpan<byte> origin);
        if (_origins is null || (hasOrigin && IsAllowed(origin)))
        {
            Permit(response, origin);
            if (_answers.Expose.Length > 0)
            {
                response.Add("Access-Control-Expose-Headers"u8, _answers.Expose);
            }
        }

        return default;
    }

    // Whatever the origin server says, preflights included: a field that is left over could allow more than the configuration does.
    private static void RemoveAll(HeaderFields response)
    {
        for (int slot = 0; slot < response.SlotCount; slot++)
        {
            if (!response.IsRemoved(slot) && IsOurs(response.NameAt(slot)))
            {
                response.RemoveAt(slot);
            }
        }
    }

    private static bool IsOurs(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> prefix = "Access-Control-"u8;
        return name.Length > prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);
    }

    private bool IsAllowed(ReadOnlySpan<byte> origin)
    {
        if (_origins is null)
        {
            return true;
        }

        foreach (OriginPattern pattern in _origins)
        {
            if (pattern.Takes(origin))
            {
                return true;
            }
        }

        return false;
    }

    private void Permit(HeaderFields response, ReadOnlySpan<byte> origin)
    {
        response.Add("Access-Control-Allow-Origin"u8, _origins is null ? "*"u8 : origin);
        if (_answers.Credentials)
        {
            response.Add("Access-Control-Allow-Credentials"u8, "true"u8);
        }
    }

    private void AnswerPreflight(HeaderFields request, HeaderFields response)
    {
        response.Add("Access-Control-Allow-Methods"u8, _answers.Methods);
        response.Add("Access-Control-Max-Age"u8, _answers.MaxAge);
        if (_answers.Headers is { Length: > 0 } headers)
        {
            response.Add("Access-Control-Allow-Headers"u8, headers);
        }
        else if (_answers.Headers is null && request.TryGet("Access-Control-Request-Headers"u8, out ReadOnlySpan<byte> asked))
        {
            response.Add("Access-Control-Allow-Headers"u8, asked);
        }

        if (_answers.PrivateNetwork && request.TryGet("Access-Control-Request-Private-Network"u8, out _))
        {
            response.Add("Access-Control-Allow-Private-Network"u8, "true"u8);
        }
    }
}
