using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weir.Interop.Tests.Peers;

/// <summary>
/// One end of a raw connection. Octets are shown as Latin-1 text, so that a test reads like the wire. Every wait has a deadline.
/// </summary>
internal sealed class Wire : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _received = new();

    public Wire(Socket socket)
    {
        _socket = socket;
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }
    }

    /// <summary>Asked for every piece that arrives, before anybody reads it.</summary>
    public Action<string>? OnReceived { get; init; }

    public EndPoint Local => _socket.LocalEndPoint!;

    /// <summary>Whether the other side ended its direction, by FIN or by reset.</summary>
    public bool HasEnded { get; private set; }

    public bool WasReset { get; private set; }

    public static async Task<Wire> ConnectAsync(EndPoint to)
    {
        ProtocolType protocol = to.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        Socket socket = new(to.AddressFamily, SocketType.Stream, protocol);
        using CancellationTokenSource deadline = new(_patience);
        await socket.ConnectAsync(to, deadline.Token);
        return new Wire(socket);
    }

    public async Task SendAsync(string octets)
    {
        using CancellationTokenSource deadline = new(_patience);
        ReadOnlyMemory<byte> left = Encoding.Latin1.GetBytes(octets);
        while (!left.IsEmpty)
        {
            left = left[await _socket.SendAsync(left, deadline.Token)..];
        }
    }

    /// <summary>Sends to somebody who may have gone already.</summary>
    public async Task<bool> TrySendAsync(string octets)
    {
        try
        {
            await SendAsync(octets);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Takes everything up to and with a mark. What came without it when the other side ended is the failure's text.</summary>
    public async Task<string> ReadUntilAsync(string mark)
    {
        int at;
        while ((at = _received.ToString().IndexOf(mark, StringComparison.Ordinal)) < 0)
        {
            if (!await FillAsync())
            {
                throw new InvalidOperationException(
                    $"The connection ended (reset: {WasReset}) before \"{mark}\"; received: \"{_received}\"");
            }
        }

        return Take(at + mark.Length);
    }

    public async Task<string> ReadExactlyAsync(int count)
    {
        while (_received.Length < count)
        {
            if (!await FillAsync())
            {
                throw new InvalidOperationException(
                    $"The connection ended (reset: {WasReset}) before {count} octets; received: \"{_received}\"");
            }
        }

        return Take(count);
    }

    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Takes one response with Content-Length, or one without content.</summary>
    public async Task<string> ReadResponseAsync()
    {
        string head = await ReadHeadAsync();
        return head + await ReadExactlyAsync(LengthOf(head));
    }

    /// <summary>Takes everything until the other side ends.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_received.Length);
    }

    /// <summary>The connection as a stream, what was received and not taken first.</summary>
    public Stream AsStream() => new WireStream(_socket, Encoding.Latin1.GetBytes(Take(_received.Length)));

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset instead of a FIN.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    internal static int LengthOf(string head)
    {
        int at = head.IndexOf("\r\nContent-Length: ", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head.AsSpan(at + 18, head.IndexOf("\r\n", at + 2, StringComparison.Ordinal) - at - 18));
    }

    private async Task<bool> FillAsync()
    {
        using CancellationTokenSource deadline = new(_patience);
        int count = 0;
        try
        {
            count = await _socket.ReceiveAsync(_buffer, deadline.Token);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            WasReset = true;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing came for {_patience.TotalSeconds} s; received so far: \"{_received}\"");
        }

        if (count == 0)
        {
            HasEnded = true;
            return false;
        }

        string piece = Encoding.Latin1.GetString(_buffer, 0, count);
        OnReceived?.Invoke(piece);
        _received.Append(piece);
        return true;
    }

    private string Take(int count)
    {
        string taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }
}
