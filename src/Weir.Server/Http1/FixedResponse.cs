using Weir.Abstractions.Bodies;
using Weir.Http.Fields;

namespace Weir.Server.Http1;

/// <summary>
/// Whole answers for when there is no place for more: rendered once and lent to sockets, so that giving them takes no buffer. A fast answer
/// is kinder than silence. They repeat nothing of a request.
/// </summary>
internal static class FixedResponse
{
    /// <summary>For clients that find no place.</summary>
    public static PinnedBody TooManyConnections { get; } = Render("connection_limit_reached"u8, "Too many connections. Retry later.\n"u8);

    /// <summary>For new clients from where most come, while there is too much to do.</summary>
    public static PinnedBody Overloaded { get; } =
        Render("connection_limit_reached"u8, "Too much to do. Retry later.\n"u8, retrySeconds: 5);

    /// <summary>For exchanges that find no memory. Without content, so that it also answers HEAD.</summary>
    public static PinnedBody NoMemory { get; } = Render("proxy_internal_error"u8, default);

    /// <summary>For clients that speak plain HTTP where TLS is spoken.</summary>
    public static PinnedBody PlainOnTls { get; } = RenderPlainOnTls();

    private static PinnedBody RenderPlainOnTls()
    {
        ReadOnlySpan<byte> content = "This port speaks HTTPS, and this request came without TLS. Use https:// in the address.\n"u8;
        SpanWriter writer = new(stackalloc byte[512]);
        writer.Put("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\nContent-Length: "u8);
        writer.Put(content.Length);
        writer.Put("\r\nConnection: close\r\n\r\n"u8);
        writer.Put(content);
        return new PinnedBody(writer.Written);
    }

    private static PinnedBody Render(ReadOnlySpan<byte> error, ReadOnlySpan<byte> content, int retrySeconds = 1)
    {
        SpanWriter writer = new(stackalloc byte[512]);
        writer.Put("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\nRetry-After: "u8);
        writer.Put(retrySeconds);
        writer.Put("\r\nProxy-Status: weir"u8);
        writer.Put(ProxyStatusField.ErrorParameter);
        writer.Put(error);
        writer.Put("\r\nContent-Length: "u8);
        writer.Put(content.Length);
        writer.Put("\r\nConnection: close\r\n\r\n"u8);
        writer.Put(content);
        return new PinnedBody(writer.Written);
    }
}
