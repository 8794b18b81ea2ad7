namespace Weir.Server.Listening;

/// <summary>The word for clients that find no place: a fast answer is kinder than silence.</summary>
internal static class BusyResponse
{
    public static ReadOnlySpan<byte> Octets =>
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 1\r\nProxy-Status: weir; error=connection_limit_reached\r\nContent-Length: 34\r\nConnection: close\r\n\r\nToo many connections. Retry later\n"u8;
}
