using System.Text;
using Weir.Http.Fields;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A client or an origin, played by the test: octets are written and read as Latin-1 text.</summary>
internal sealed class Peer
{
    private readonly Proxy? _proxy;
    private int _taken;

    public Peer(Proxy? proxy, MemoryConnection connection)
    {
        _proxy = proxy;
        Connection = connection;
    }

    public MemoryConnection Connection { get; }

    /// <summary>Everything that Weir has sent and no Take has taken.</summary>
    public string Received => Encoding.Latin1.GetString(Connection.Sent[_taken..]);

    public bool IsClosed => Connection.IsPeerInformedOfClose;

    public bool WasReset => Connection.WasReset;

    /// <summary>Whether Weir has ended its direction, or all.</summary>
    public bool IsEnded => Connection.IsShutDown;

    /// <summary>Sends octets as they stand.</summary>
    public void Send(string text)
    {
        Connection.PeerSend(Encoding.Latin1.GetBytes(text));
        _proxy?.Run();
    }

    /// <summary>Sends a head: the lines, and the empty line behind them.</summary>
    public void SendHead(params string[] lines) => Send(HeadOf(lines));

    /// <summary>Agrees to the WebSocket that was asked for, with the proof for its key, and sends octets behind it.</summary>
    public void SendSwitch(string behind = "")
    {
        const string Name = "Sec-WebSocket-Key: ";
        string asked = Encoding.Latin1.GetString(Connection.Sent);
        int at = asked.LastIndexOf(Name, StringComparison.OrdinalIgnoreCase) + Name.Length;
        byte[] proof = new byte[WebSocketHandshake.AcceptOctets];
        WebSocketHandshake.TryAccept(Encoding.Latin1.GetBytes(asked[at..(at + 24)]), proof).ShouldBeTrue(asked);
        Send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + $"{Encoding.Latin1.GetString(proof)}\r\n\r\n{behind}");
    }

    public void End()
    {
        Connection.PeerEnd();
        _proxy?.Run();
    }

    public void Reset()
    {
        Connection.PeerReset();
        _proxy?.Run();
    }

    /// <summary>Sends a whole answer; without framing lines its content gets a Content-Length.</summary>
    public void Answer(Proxy proxy, string content, params string[] lines)
    {
        bool isFramed = lines.Any(line => line.StartsWith("Transfer-Encoding", StringComparison.Ordinal)
            || line.StartsWith("Content-Length", StringComparison.Ordinal));
        string[] head = lines.Length == 0 ? ["HTTP/1.1 200 OK"] : lines;
        Send(HeadOf(isFramed ? head : [.. head, $"Content-Length: {content.Length}"]) + content);
        proxy.Run();
    }

    public Message TakeRequest() => Take(isResponse: false, isHead: false);

    /// <summary>The next whole message, with or without content as its method and status say.</summary>
    public Message TakeResponse(bool isHead = false) => Take(isResponse: true, isHead);

    /// <summary>Takes the next whole message, if there is one.</summary>
    public bool TryTake(bool isResponse, bool isHead, out Message message)
    {
        bool isWhole = Message.TryRead(Received, isResponse, isHead, IsEnded && !WasReset, out message, out int consumed);
        _taken += isWhole ? consumed : 0;
        return isWhole;
    }

    /// <summary>Takes everything received.</summary>
    public string TakeAll()
    {
        string received = Received;
        _taken += received.Length;
        return received;
    }

    /// <summary>Nothing more than what was taken came.</summary>
    public void ExpectNothing() => Received.ShouldBeEmpty();

    private static string HeadOf(string[] lines) => string.Join("\r\n", lines) + "\r\n\r\n";

    private Message Take(bool isResponse, bool isHead)
    {
        TryTake(isResponse, isHead, out Message message).ShouldBeTrue($"No whole message in: {Received}");
        return message;
    }
}
