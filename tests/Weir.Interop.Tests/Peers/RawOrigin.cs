using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Weir.Interop.Tests.Peers;

/// <summary>An origin that knows no HTTP: it records every octet and does what its script says, once for each connection.</summary>
internal sealed class RawOrigin : IAsyncDisposable
{
    /// <summary>What <see cref="AnswerAsync"/> answers.</summary>
    public const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly Func<Wire, Task> _script;
    private readonly Lock _lock = new();
    private readonly StringBuilder _recorded = new();
    private readonly List<Task> _conversations = [];
    private readonly List<Wire> _wires = [];
    private readonly Task _accepting;
    private int _connections;

    public RawOrigin(Func<Wire, Task>? script = null, EndPoint? address = null)
    {
        _script = script ?? AnswerAsync;
        EndPoint local = address ?? new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(local.AddressFamily, SocketType.Stream, local is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        _listener.Bind(local);
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Connections taken until now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Every octet received since the last call, in the order of arrival.</summary>
    public string TakeRecorded()
    {
        lock (_lock)
        {
            string text = _recorded.ToString();
            _recorded.Clear();
            return text;
        }
    }

    /// <summary>Answers each request with 200 and "ok", after its whole content.</summary>
    public static async Task AnswerAsync(Wire wire)
    {
        while (await ReadRequestAsync(wire) is not null)
        {
            await wire.SendAsync(Answer);
        }
    }

    /// <summary>One request with its content, or null at the end of the connection.</summary>
    public static async Task<string?> ReadRequestAsync(Wire wire)
    {
        try
        {
            string head = await wire.ReadHeadAsync();
            return head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)
                ? head + await wire.ReadUntilAsync("0\r\n\r\n")
                : head + await wire.ReadExactlyAsync(Wire.LengthOf(head));
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Task[] left;
        lock (_lock)
        {
            _wires.ForEach(wire => wire.Dispose());
            left = [.. _conversations];
        }

        // A script that waits for what a failed test never did must not hide the failure.
        await Task.WhenAny(Task.WhenAll(left), Task.Delay(_patience));
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync();
                Interlocked.Increment(ref _connections);
                Wire wire = new(socket) { OnReceived = Record };
                lock (_lock)
                {
                    _wires.Add(wire);
                    _conversations.Add(TalkAsync(wire));
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(Wire wire)
    {
        await Task.Yield();
        try
        {
            await _script(wire);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException or TimeoutException or WebSocketException)
        {
            // The peer went, or the test is over.
        }

        wire.Dispose();
    }

    private void Record(string piece)
    {
        lock (_lock)
        {
            _recorded.Append(piece);
        }
    }
}
