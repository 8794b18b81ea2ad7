using Weir.Abstractions.Bodies;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Connections;
using Weir.Net.Memory;
using Weir.Net.Tls;

namespace Weir.InMemory.Tests.Faults;

/// <summary>The way between an HTTP/2 client and Weir, plain or in TLS records: the test carries the octets.</summary>
internal sealed class Http2Line : IDisposable
{
    private readonly Proxy _proxy;
    private readonly SecureListener? _listener;
    private readonly MemoryConnection? _inner;
    private readonly FrameReader _frames = new();
    private readonly List<byte> _plain = [];
    private readonly byte[] _octets;
    private int _carried;
    private int _carriedBack;

    public Http2Line(Proxy proxy, byte[] said, TlsClientContext? clients)
    {
        _proxy = proxy;
        if (clients is null)
        {
            Peer = proxy.Connect();
            _octets = said;
            return;
        }

        _listener = new SecureListener(proxy, options => options with { SpeaksHttp2 = true });
        Peer = _listener.ConnectRaw();
        _inner = new MemoryConnection(proxy.Loop);
        _inner.ConnectTls(clients);
        int shaken = ShakeHands(_inner);
        Send(_inner, said);
        _octets = _inner.Sent[shaken..].ToArray();
    }

    public Peer Peer { get; }

    /// <summary>Octets on the line when nothing is cut off, the handshake's not counted.</summary>
    public int Octets => _octets.Length;

    /// <summary>Lets Weir have the octets up to this one.</summary>
    public void Carry(int upTo)
    {
        if (upTo > _carried && !Peer.IsClosed)
        {
            Peer.Connection.PeerSend(_octets.AsSpan(_carried, upTo - _carried));
        }

        _carried = Math.Max(upTo, _carried);
        _proxy.Run();
    }

    /// <summary>Every whole frame that came back.</summary>
    public List<Http2Frame> Take()
    {
        _proxy.Run();
        if (_inner is null)
        {
            return Read(Peer.Connection.Sent);
        }

        CarryBack(_inner);
        while (_inner.TryRead() == ReadStatus.Data)
        {
            _plain.AddRange(_inner.Received);
            _inner.Consume(_inner.ReceivedCount);
        }

        return Read([.. _plain]);
    }

    /// <summary>The client goes; after that nothing of it is held.</summary>
    public void Dispose()
    {
        _inner?.Close();
        if (_listener is not null && !Peer.IsClosed)
        {
            Peer.End();
        }

        _listener?.Dispose();
    }

    private List<Http2Frame> Read(ReadOnlySpan<byte> sent)
    {
        List<Http2Frame> frames = [];
        while (_frames.TryTake(sent) is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    private int ShakeHands(MemoryConnection inner)
    {
        Task<ReadStatus> reading = inner.ReadAsync(Connection.NoTimeout).AsTask();
        int sent = 0;
        while (!reading.IsCompleted || inner.Sent.Length > sent)
        {
            _proxy.Run();
            Peer.Connection.PeerSend(inner.Sent[sent..]);
            sent = inner.Sent.Length;
            _proxy.Run();
            CarryBack(inner);
        }

        reading.Result.ShouldBe(ReadStatus.Data);
        return sent;
    }

    private void CarryBack(MemoryConnection inner)
    {
        inner.PeerSend(Peer.Connection.Sent[_carriedBack..]);
        _carriedBack = Peer.Connection.Sent.Length;
        _proxy.Run();
    }

    private unsafe void Send(MemoryConnection inner, byte[] said)
    {
        fixed (byte* octets = said)
        {
            Task<WriteStatus> writing = inner.WriteAsync(new NativeSlice((nint)octets, said.Length), default, Connection.NoTimeout).AsTask();
            _proxy.Run();
            writing.Result.ShouldBe(WriteStatus.Done);
        }
    }
}
