using System.Buffers;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Forwarding;

/// <summary>Sends clients that came without TLS to the same address with it.</summary>
internal static class HttpsRedirect
{
    private const int HttpsPort = 443;

    /// <summary>Whether the client came without TLS, neither to us nor to a trusted proxy in front.</summary>
    public static bool Applies(Exchange exchange)
    {
        if (exchange.Request.IsHttps)
        {
            return false;
        }

        bool isToldOtherwise = exchange.Connection.IsTrustedProxy
            && exchange.Request.Fields.TryGet(KnownField.XForwardedProto, out ReadOnlySpan<byte> scheme) && scheme.SequenceEqual("https"u8);
        return !isToldOtherwise;
    }

    /// <summary>Answers with 308 (RFC 9110 section 15.4.9), which keeps method and content.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="port">Where clients speak TLS.</param>
    public static Verdict Answer(Exchange exchange, int port)
    {
        RequestHead request = exchange.Request;
        exchange.Answer(308);
        ArrayBufferWriter<byte> location = new(64 + request.Host.Length + request.Path.Length + request.Query.Length);
        location.Write("https://"u8);
        location.Write(request.Host);
        if (port != HttpsPort)
        {
            location.Write(":"u8);
            Span<byte> digits = stackalloc byte[8];
            port.TryFormat(digits, out int written);
            location.Write(digits[..written]);
        }

        location.Write(request.Path);
        if (request.HasQuery)
        {
            location.Write("?"u8);
            location.Write(request.Query);
        }

        exchange.Response.Fields.Add(KnownField.Location, location.WrittenSpan);
        exchange.AnsweredBy = "redirect_http";
        return Verdict.Answered;
    }
}
