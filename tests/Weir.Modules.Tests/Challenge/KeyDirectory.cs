using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Modules.Tests.Challenge;

/// <summary>A server on loopback that gives a document, or whatever else it is told to, one answer a connection.</summary>
internal sealed class KeyDirectory : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private int _asked;

    public KeyDirectory()
    {
        _listener.Start();
        Url = $"http://{_listener.LocalEndpoint}/.well-known/http-message-signatures-directory";
        _accepting = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>The octets of the answer, head and all.</summary>
    public string Answer { get; set; } = "";

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>An answer of the media type that such directories have.</summary>
    public static string Ok(string content) =>
        "HTTP/1.1 200 OK\r\nContent-Type: application/http-message-signatures-directory+json\r\n"
        + $"Content-Length: {content.Length}\r\n\r\n{content}";

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
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test, while a client is waited for, or before.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            byte[] buffer = new byte[16 * 1024];
            int filled = 0;
            while (!buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8) && await stream.ReadAsync(buffer.AsMemory(filled)) is var count and > 0)
            {
                filled += count;
            }

            Interlocked.Increment(ref _asked);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer));
        }
        catch (IOException)
        {
            // Who asked has seen enough.
        }
    }
}
