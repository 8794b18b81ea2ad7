// Hot: every frame of every HTTP/2 connection to an origin.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Streams;
using Weir.Streams.Output;
using Weir.Telemetry.Counting;
using Weir.Upstream.Pooling;

namespace Weir.Upstream.Http2;

/// <summary>
/// An HTTP/2 connection to an origin (RFC 9113): many requests at once. What each frame does is in Http2OriginConnection.Frames.cs, and how
/// the connection ends in Http2OriginConnection.Ending.cs.
/// </summary>
internal sealed partial class Http2OriginConnection : FrameConnection, IConnectionObserver
{
    private readonly Http2Pool _pool;
    private readonly HpackDecoder _decoder = new();

    // Clients may give up very many requests at once, and their answers are on their way: to end the connection of all others would be
    // unjust.
    private readonly ClosedStreams _closed = new(forgotten: StreamState.ClosedByReset);
    private readonly Dictionary<int, Http2OriginStream> _streams = [];
    private readonly bool _holdsSlot;
    private Http2OriginStream? _first;
    private TaskCompletionSource<ProxyError?>? _starting;
    private Http2Settings _peer = new();
    private FrameBudget _idleFrames = new(2_000, 200);
    private FrameBudget _windowFrames = new(50_000, 10_000);
    private int _nextId = 1;
    private int _streamLimit = Http2OriginLimits.Streams;
    private long _startEndsMs;
    private long _pingSinceMs;
    private bool _hasServed;
    private bool _takesNoMore;

    public Http2OriginConnection(Http2Pool pool, Connection connection, bool holdsSlot)
        : base(connection, isServer: false, Http2OriginLimits.ConnectionWindow / 4)
    {
        _pool = pool;
        _holdsSlot = holdsSlot;
        connection.Observer = this;
    }

    public override bool IsGone => _isOver || IsClosed;

    /// <summary>Exchanges that hold a stream here.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>How many may.</summary>
    public int StreamLimit => _streamLimit;

    /// <summary>Whether the server refused a stream lately: it has as much as it can take, and more connections do not help.</summary>
    public bool HasRefused => _streamLimit < AllowedStreams;

    /// <summary>Since when none does.</summary>
    public long IdleSinceMs { get; private set; }

    /// <summary>Whether new streams can be opened.</summary>
    public bool TakesStreams => HasSettings && !_takesNoMore && !IsGone;

    /// <summary>Whether the server takes an extended CONNECT (RFC 8441).</summary>
    public bool TakesTunnels => _peer.EnableConnectProtocol;

    /// <summary>Whether readers that do not keep up hold half of what the connection may hold.</summary>
    public bool IsCrowded => ReceiveWindow < Http2OriginLimits.ConnectionWindow / 2;

    /// <summary>Whether it was asked for a sign of life and has not given one.</summary>
    public bool IsAsked => _pingSinceMs != 0;

    /// <summary>Whether that is so short a time ago that the sign may still come.</summary>
    public bool MayAnswerSoon => IsAsked && Loop.NowMs - _pingSinceMs < StreamLimits.TickMs;

    /// <summary>Whether nothing has come for so long that it must be proved alive before it is relied on.</summary>
    public bool IsSilent => Loop.NowMs - HeardMs >= Http2OriginLimits.SilenceMs;

    /// <summary>Whether it is secure.</summary>
    public bool IsSecure => Connection.Tls is not null;

    internal long TotalSent => Connection.TotalSent;

    protected override int WriteTimeoutMs => _pool.WriteTimeoutMs;

    protected override int MostBlockOctets => _pool.HeadLimits.HeadOctets * Http2OriginLimits.BlockFactor;

    /// <summary>Says who speaks and waits for the server's SETTINGS: before that it may be anything. Null: it speaks HTTP/2.</summary>
    public async ValueTask<ProxyError?> StartAsync(int timeoutMs)
    {
        TaskCompletionSource<ProxyError?> starting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _starting = starting;
        _startEndsMs = Loop.NowMs + timeoutMs;
        Http2Settings own = new() { EnablePush = false, MaxHeaderListSize = _pool.HeadLimits.HeadOctets };
        Greet(own, isServer: false, Http2OriginLimits.ConnectionWindow);
        Loop.Arm(this, Math.Min(timeoutMs, StreamLimits.TickMs));
        ReceiveInput();
        return await starting.Task;
    }

    /// <summary>Gives a stream to an exchange.</summary>
    public void Lease(Http2OriginStream stream)
    {
        stream.Begin(this, _hasServed);
        _hasServed = true;
        ActiveCount++;
        stream.Next = _first;
        stream.Previous = null;
        if (_first is not null)
        {
            _first.Previous = stream;
        }

        _first = stream;
        if (IsSilent && !IsAsked)
        {
            AskForLife();
        }

        EnsureTick();
    }

    /// <summary>Looks whether the server has gone meanwhile; false: it has, or wants no more.</summary>
    public bool ProveOpen()
    {
        if (!Connection.IsKnownOpen())
        {
            ReceiveInput();
        }

        return TakesStreams;
    }

    /// <summary>Asks for a sign of life: PING.</summary>
    public void AskForLife()
    {
        _pingSinceMs = Loop.NowMs;
        Output.WritePing("Weir\0\0\0\0"u8, isAck: false);
        EnsureTick();
        FlushLater();
    }

    /// <summary>No new streams; the connection ends with those that are there.</summary>
    public void TakeNoMore()
    {
        if (!_takesNoMore)
        {
            _takesNoMore = true;
            FlushLater();
        }
    }

    /// <summary>Nobody uses it any more, and nobody shall.</summary>
    public void CloseIdle()
    {
        if (!IsGone)
        {
            _pool.Counters.Add(Counter.OriginConnectionsClosedIdle);
        }

        TakeNoMore();
    }

    public void OnUnaskedInput(Connection connection) => OnInput();

    public void OnIdleTimeout(Connection connection)
    {
        // The pool's sweeper ends idle connections: one timer for all of them.
    }

    public void OnGone(Connection connection)
    {
        // What it sent before it went may still be there: an answer, or why it goes.
        ReceiveInput();
        Vanish(ProxyErrors.OriginReset);
    }

    // A server that opens its windows by a few octets slows its own requests; what that costs is bounded by the frames it has to send.
    public override bool TryTiny() => true;

    /// <summary>Whether a request is larger than the server said that it takes (RFC 9113 section 6.5.2).</summary>
    internal bool IsTooLarge(RequestHead head) =>
        _peer.MaxHeaderListSize != int.MaxValue && RequestBlockWriter.ListOctets(head) > _peer.MaxHeaderListSize;

    /// <summary>Writes a stream's head, which opens it.</summary>
    internal WriteProgress TryOpen(Http2OriginStream stream, out int written)
    {
        written = 0;
        if (stream.IsSendingOver)
        {
            return WriteProgress.Gone;
        }

        long sentBefore = Connection.TotalSent + Connection.OutputCount;
        WriteProgress progress = Output.TryWriteRequest(_nextId, stream.Request, stream.Options, stream.EndsWithHead, out written);
        if (progress != WriteProgress.Done)
        {
            return progress;
        }

        stream.OnOpened(_nextId, sentBefore, _peer.InitialWindowSize);
        _streams.Add(_nextId, stream);
        _nextId += 2;
        _pool.Counters.Add(Counter.OriginHttp2Streams);
        if (_nextId > Http2OriginLimits.LastStreamId)
        {
            TakeNoMore();
        }

        return WriteProgress.Done;
    }

    /// <summary>The exchange wants nothing more of its stream.</summary>
    internal void Cancel(Http2OriginStream stream)
    {
        Unqueue(stream.Sender);
        if (stream.Id == 0 || !_streams.ContainsKey(stream.Id))
        {
            return;
        }

        bool isWhole = stream.State == StreamState.ClosedByEnd;
        Forget(stream, isWhole ? StreamState.ClosedByEnd : StreamState.ClosedByReset);
        if (!isWhole && !IsGone)
        {
            Output.WriteReset(stream.Id, Http2ErrorCode.Cancel);
            FlushLater();
        }
    }

    /// <summary>The exchange has given its stream up.</summary>
    internal void OnReleased(Http2OriginStream stream)
    {
        if (stream.Previous is null)
        {
            _first = stream.Next;
        }
        else
        {
            stream.Previous.Next = stream.Next;
        }

        if (stream.Next is not null)
        {
            stream.Next.Previous = stream.Previous;
        }

        stream.Next = null;
        stream.Previous = null;
        ActiveCount--;
        if (ActiveCount == 0)
        {
            IdleSinceMs = Loop.NowMs;
        }

        _pool.OnReleased(this, stream);
        if (_takesNoMore && ActiveCount == 0)
        {
            FlushLater();
        }
    }

    /// <summary>Now and then: deadlines.</summary>
    protected override void OnDue()
    {
        if (IsClosed)
        {
            return;
        }

        long nowMs = Loop.NowMs;
        if (_starting is not null && nowMs >= _startEndsMs)
        {
            Vanish(ProxyErrors.ConnectTimeout);
            return;
        }

        RetryInput();

        if (IsAsked && nowMs - Math.Max(_pingSinceMs, HeardMs) >= Http2OriginLimits.PingMs)
        {
            _pool.Counters.Add(Counter.OriginHttp2PingsLost);
            Vanish(ProxyErrors.OriginReset);
            return;
        }

        if (IsAsked && !MayAnswerSoon)
        {
            // Who waits for the sign shall not wait as long as it takes to give the connection up.
            _pool.OnRoom();
        }

        if (_streams.Count > 0 && !IsAsked && IsSilent)
        {
            AskForLife();
        }

        for (Http2OriginStream? stream = _first; stream is not null; stream = stream.Next)
        {
            stream.CheckTime(nowMs);
        }

        if (_starting is not null)
        {
            Loop.Arm(this, Math.Clamp(_startEndsMs - nowMs, 1, StreamLimits.TickMs));
        }
        else if (ActiveCount > 0 || IsAsked || IsInputHeldUp || _isOver)
        {
            EnsureTick();
        }
    }

    private void Forget(Http2OriginStream stream, StreamState state)
    {
        Unqueue(stream.Sender);
        if (_streams.Remove(stream.Id))
        {
            _closed.Add(stream.Id, state);
        }
    }
}
