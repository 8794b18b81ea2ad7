using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Cli.Tests.Commands;

/// <summary>An origin that answers one request a connection with a cookie, or, where the path asks for it, breaks.</summary>
internal sealed class TellingOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _cookie;
    private readonly Task _accepting;

    /// <param name="cookie">What it sets.</param>
    public TellingOrigin(string cookie)
    {
        _cookie = cookie;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        try
        {
            while (!buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8) && await stream.ReadAsync(buffer.AsMemory(filled)) is var count and > 0)
            {
                filled += count;
            }

            string head = Encoding.ASCII.GetString(buffer, 0, filled);
            string answer = head.Contains("/breaks", StringComparison.Ordinal)
                ? $"HTTP/1.1 200 OK\r\nSet-Cookie: sid={_cookie}\r\nBad Name: {_cookie}\r\n\r\n"
                : $"HTTP/1.1 200 OK\r\nSet-Cookie: sid={_cookie}; Path=/\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
        catch (IOException)
        {
            // Weir needed no more.
        }
    }
}
