using Weir.Abstractions.Errors;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Net.Tls;
using Weir.Telemetry.Counting;
using Weir.Upstream.Connecting;
using Weir.Upstream.Pooling;

namespace Weir.InMemory.Tests.Harness;

/// <summary>A server of an upstream, played by the test: its connections, and what connecting to it does.</summary>
internal sealed class OriginServer : IConnector
{
    private readonly Loop _loop;
    private readonly List<Peer> _connections = [];
    private readonly Dictionary<Peer, int> _seen = [];
    private readonly Dictionary<Peer, FramePeer> _frames = [];

    public OriginServer(Loop loop, OriginLimits limits, LoopCounters counters, AlpnProtocols protocols = AlpnProtocols.Http1)
    {
        _loop = loop;
        Pool = new OriginPool(loop, this, limits, counters, protocols);
        SpeaksHttp2 = protocols == AlpnProtocols.Http2;
    }

    public OriginPool Pool { get; }

    /// <summary>Every connection that was made, oldest first.</summary>
    public IReadOnlyList<Peer> Connections => _connections;

    /// <summary>The newest connection.</summary>
    public Peer Last => _connections[^1];

    /// <summary>Whether new connections speak HTTP/2; where TLS would agree on the version, a test may say so.</summary>
    public bool SpeaksHttp2 { get; set; }

    /// <summary>Why connecting fails; null: it succeeds.</summary>
    public ProxyError? Refusal { get; set; }

    /// <summary>Whether connecting waits until its time is over.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Faults that new connections begin with.</summary>
    public Action<MemoryConnection>? OnConnect { get; set; }

    /// <summary>How long connecting takes.</summary>
    public int DelayMs { get; set; }

    public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs) => ConnectAsync(loop, timeoutMs, SpeaksHttp2);

    public IConnector Offering(AlpnProtocols protocols) => Agrees && protocols == AlpnProtocols.Http1 ? new Http1Connector(this) : this;

    private async ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs, bool speaksHttp2)
    {
        if (DelayMs > 0)
        {
            await loop.DelayAsync(DelayMs);
        }

        if (IsSilent)
        {
            await loop.DelayAsync(timeoutMs);
            return ConnectResult.Failed(ProxyErrors.ConnectTimeout);
        }

        if (Refusal is { } refusal)
        {
            return ConnectResult.Failed(refusal);
        }

        MemoryConnection connection = new(_loop);
        OnConnect?.Invoke(connection);
        if (speaksHttp2 && Greets)
        {
            connection.PeerSend(FramePeer.Greeting(Settings));
        }

        _connections.Add(new Peer(null, connection));
        return ConnectResult.Of(connection, speaksHttp2 && Agrees);
    }

    // Where there is no TLS, nothing is agreed on.
    private bool Agrees => Pool.Protocols == (AlpnProtocols.Http1 | AlpnProtocols.Http2);

    /// <summary>Whether an HTTP/2 server says its SETTINGS as soon as it is connected to.</summary>
    public bool Greets { get; set; } = true;

    /// <summary>What it says there.</summary>
    public byte[] Settings { get; set; } = [];

    /// <summary>A connection, played frame by frame; the newest unless said otherwise.</summary>
    public FramePeer Frames(Proxy proxy, int index = -1)
    {
        Peer peer = _connections[index < 0 ? _connections.Count - 1 : index];
        if (!_frames.TryGetValue(peer, out FramePeer? frames))
        {
            frames = new FramePeer(proxy, peer.Connection);
            _frames[peer] = frames;
        }

        return frames;
    }

    /// <summary>A connection on which something came since this was last asked; the oldest of them.</summary>
    public Peer Next()
    {
        Peer next = _connections.First(peer => peer.Connection.Sent.Length != _seen.GetValueOrDefault(peer));
        _seen[next] = next.Connection.Sent.Length;
        return next;
    }

    /// <summary>The next whole request on the newest connection.</summary>
    public Message Take() => Last.TakeRequest();

    /// <summary>Answers on the newest connection with a head made of lines, then content.</summary>
    public void Answer(Proxy proxy, string content, params string[] lines) => Last.Answer(proxy, content, lines);

    /// <summary>Offers HTTP/1.1 alone.</summary>
    private sealed class Http1Connector(OriginServer server) : IConnector
    {
        public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs) => server.ConnectAsync(loop, timeoutMs, speaksHttp2: false);
    }
}
