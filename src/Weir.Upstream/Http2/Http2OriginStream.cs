// Hot: one for each request in flight over HTTP/2, reused.
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Time;

namespace Weir.Upstream.Http2;

/// <summary>
/// One request and its response on an HTTP/2 connection to an origin. It stands in its connection's list from the lease to the release;
/// on the wire it exists from its head on.
/// </summary>
internal sealed class Http2OriginStream : OriginStream, IValueTaskSource<ReadStatus>
{
    private readonly Http2ResponseBody _body;
    private readonly Http2OriginSender _sender;
    private readonly Wakening _wakening;
    private readonly byte[] _accept = new byte[WebSocketHandshake.AcceptOctets];
    private ResponseHead _head = new();
    private Queue<ResponseHead>? _later;
    private RequestHead? _request;
    private RequestBlockOptions _options;
    private ProxyError? _error;
    private Action<object?>? _continuation;
    private object? _state;
    private ReadStatus _waited;
    private long _waitEndsMs;
    private long _sentBefore;
    private int _interims;
    private short _version;
    private bool _isLeased;
    private bool _isReused;
    private bool _hasHead;
    private bool _isWaiting;
    private bool _isWaitDone;
    private bool _isCut;
    private bool _isSendingStopped;
    private bool _hasReceived;
    private bool _hasAccept;
    private bool _isTunnelOpen;
    private bool _isLast;

    public Http2OriginStream()
    {
        _body = new Http2ResponseBody(this);
        _sender = new Http2OriginSender(this);
        _wakening = new Wakening(this);
    }

    public override bool IsReused => _isReused;

    public override bool HasReceived => _hasReceived;

    public override bool HasSent => Id != 0 && Connection.TotalSent > _sentBefore;

    public override bool IsHttp10 => false;

    public override bool CanRefuse => true;

    public override string? RejectDetail => RejectText;

    public override BodyReader ResponseBody => _body;

    /// <summary>The connection that carries it.</summary>
    internal Http2OriginConnection Connection { get; private set; } = null!;

    /// <summary>Its number; 0 until its head was written.</summary>
    internal int Id { get; set; }

    /// <summary>Its neighbours in the connection's list.</summary>
    internal Http2OriginStream? Next { get; set; }

    internal Http2OriginStream? Previous { get; set; }

    internal Http2ResponseBody Body => _body;

    internal Http2OriginSender Sender => _sender;

    internal RequestHead Request => _request!;

    internal ref readonly RequestBlockOptions Options => ref _options;

    /// <summary>The method that the response answers.</summary>
    internal RequestMethod Method { get; private set; }

    /// <summary>Whether nothing follows the request's head.</summary>
    internal bool EndsWithHead { get; private set; }

    /// <summary>What was wrong with what the origin sent.</summary>
    internal string? RejectText { get; set; }

    /// <summary>Whether the final head was received.</summary>
    internal bool HasFinalHead { get; private set; }

    /// <summary>Whether the origin has ended its side.</summary>
    internal bool IsRemoteOver { get; private set; }

    /// <summary>Whether nothing of the request can be sent any more.</summary>
    internal bool IsSendingOver => _isSendingStopped || _isCut || (Id == 0 && !Connection.TakesStreams);

    /// <summary>What a write means that comes too late.</summary>
    internal ProxyError SendError =>
        _error ?? (Id == 0 && !_isSendingStopped ? ProxyErrors.OriginRefused : ProxyErrors.OriginReset);

    internal StreamState State => IsRemoteOver
        ? _sender.IsOver ? StreamState.ClosedByEnd : StreamState.HalfClosedRemote
        : _sender.IsOver ? StreamState.HalfClosedLocal : StreamState.Open;

    /// <summary>Begins on a connection.</summary>
    public void Begin(Http2OriginConnection connection, bool isReused)
    {
        Connection = connection;
        Id = 0;
        _isLeased = true;
        _isReused = isReused;
        _request = null;
        _error = null;
        _interims = 0;
        _hasHead = false;
        _isCut = false;
        _isSendingStopped = false;
        _hasReceived = false;
        _hasAccept = false;
        _isTunnelOpen = false;
        _sentBefore = long.MaxValue;
        RejectText = null;
        HasFinalHead = false;
        IsRemoteOver = false;
        EndsWithHead = false;
        _sender.Begin(0);
        _body.Begin();
    }

    public override ValueTask<ProxyError?> SendHeadAsync(RequestHead head, in OriginRequestOptions options)
    {
        _request = head;
        bool isTunnel = options.KeepUpgrade && head.Fields.Has(KnownField.Upgrade);
        Method = isTunnel ? RequestMethod.Connect : head.Method;
        EndsWithHead = options.BodyLength.IsNone && !isTunnel;
        _body.IdleTimeoutMs = options.IdleTimeoutMs;
        WriteTimeoutMs = options.WriteTimeoutMs;
        _options = new RequestBlockOptions
        {
            BodyLength = options.BodyLength,
            IsTunnel = isTunnel,
            IsHttps = Connection.IsSecure,
            SendTeTrailers = options.SendTeTrailers,
            UseRawTarget = options.UseRawTarget,
        };
        if (Connection.IsTooLarge(head))
        {
            return new(ProxyErrors.OriginHeadLimit);
        }

        if (isTunnel && head.Fields.TryGet(KnownField.SecWebSocketKey, out ReadOnlySpan<byte> key))
        {
            // RFC 8441 has no proof; a client of HTTP/1.1 gets the one that it expects, since the origin has agreed.
            _hasAccept = WebSocketHandshake.TryAccept(key, _accept);
        }

        _isLast = options.Close;

        // With content behind it the head waits for the first octets: see WriteBodyAsync.
        _sender.HoldHead();
        return EndsWithHead || isTunnel ? _sender.FlushHeadAsync() : default;
    }

    public override void WriteProxyHeader(ConnectionInfo connection, IpAddress client, int version)
    {
        // The configuration refuses the two together: a connection of many clients has no one to name.
    }

    public override void WriteOwnProxyHeader(int version)
    {
        // As above.
    }

    public override ValueTask<ProxyError?> WriteBodyAsync(NativeSlice octets) => _sender.WriteAsync(octets);

    public override ValueTask<ProxyError?> FinishBodyAsync(NativeSlice last, HeaderFields? trailers) => _sender.FinishAsync(last, trailers);

    public override bool TryReadHead(ResponseHead head, out ProxyError? error)
    {
        error = null;
        if (!_hasHead)
        {
            error = _error;
            return error is not null;
        }

        head.Status = _head.Status;
        head.Version = _head.Version;
        head.BodyLength = _head.BodyLength;
        head.Fields.TradeWith(_head.Fields);
        _head.Clear();
        _hasHead = false;
        if (_later is { Count: > 0 })
        {
            _head = _later.Dequeue();
            _hasHead = true;
        }

        return true;
    }

    public override ValueTask<ReadStatus> WaitAsync(int timeoutMs)
    {
        if (_hasHead || _error is not null)
        {
            return new(OutcomeSoFar);
        }

        _isWaiting = true;
        _waitEndsMs = timeoutMs == Net.Connections.Connection.NoTimeout ? long.MaxValue : Connection.Loop.NowMs + timeoutMs;
        if (_waitEndsMs != long.MaxValue && (!_wakening.IsArmed || _wakening.DueMs > _waitEndsMs))
        {
            // Lazily: a timer that fires too early arms itself again, so that a deadline which only moves away costs nothing.
            Connection.Loop.Arm(_wakening, timeoutMs);
        }

        return new(this, _version);
    }

    public override ProxyError? ErrorOf(ReadStatus status) => status switch
    {
        ReadStatus.Data => null,
        ReadStatus.TimedOut => ProxyErrors.OriginTimeout,
        _ => _error ?? ProxyErrors.OriginReset,
    };

    public override void StopWaiting()
    {
        if (_isWaiting)
        {
            EndWait(ReadStatus.TimedOut);
        }
    }

    public override ITunnelEnd OpenTunnel()
    {
        _isTunnelOpen = true;
        return new Http2OriginTunnel(this);
    }

    public override void Abort(ProxyError reason)
    {
        if (_isLeased)
        {
            Connection.Cancel(this);
            Cut(reason);
        }
    }

    public override void Release()
    {
        if (!_isLeased)
        {
            return;
        }

        _isLeased = false;
        _isWaiting = false;
        Connection.Cancel(this);
        _body.End();
        _sender.Clear();
        _head.Clear();
        _later?.Clear();
        _request = null;
        Connection.OnReleased(this);
    }

    /// <summary>For tunnels: nothing more follows in this direction.</summary>
    internal void EndWriting() => _sender.EndWriting();

    /// <summary>How long the origin may take nothing.</summary>
    internal int WriteTimeoutMs { get; private set; }

    /// <summary>The head is in the output, as these octets of the connection.</summary>
    internal void OnOpened(int id, long sentBefore, int window)
    {
        Id = id;
        _sentBefore = sentBefore;
        _sender.SetWindow(window);
        if (_isLast)
        {
            Connection.TakeNoMore();
        }
    }

    /// <summary>A head to decode a block into; it is this stream's from <see cref="OnHead"/> on.</summary>
    internal ResponseHead HeadToFill() => _hasHead ? new ResponseHead() : _head;

    /// <summary>A head was decoded and is well formed. False: there were too many before it.</summary>
    internal bool OnHead(ResponseHead head, bool isEnd)
    {
        _hasReceived = true;
        if (_options.IsTunnel && head.Status is >= 200 and < 300)
        {
            BecomeSwitch(head);
        }

        if (head.Status is 101 or >= 200)
        {
            HasFinalHead = true;
            _body.OnLength(head.Status == 101 ? BodyLength.Unknown : head.BodyLength);
        }
        else if (++_interims > MaxInterims + 1)
        {
            return false;
        }

        if (_hasHead)
        {
            (_later ??= new Queue<ResponseHead>()).Enqueue(head);
        }

        _hasHead = true;
        if (isEnd)
        {
            OnRemoteEnd();
        }

        if (_isWaiting)
        {
            EndWait(ReadStatus.Data);
        }

        return true;
    }

    /// <summary>The origin has ended its side.</summary>
    internal Http2Fault OnRemoteEnd()
    {
        IsRemoteOver = true;
        return _body.OnEnd();
    }

    /// <summary>The stream is over before its time; what was received whole stands. Whoever waits learns it in a turn of its own.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="isTold">Whether the origin said so on this stream.</param>
    internal void Cut(ProxyError reason, bool isTold = false)
    {
        if (_isCut)
        {
            return;
        }

        _isCut = true;
        _hasReceived |= isTold;
        IsRemoteOver = true;
        ProxyError late = reason.Fault == Fault.Client || _isTunnelOpen ? reason
            : ReferenceEquals(reason, ProxyErrors.OriginBadHead) ? ProxyErrors.OriginBadBody : ProxyErrors.OriginTruncated;
        if (reason.Fault == Fault.Client)
        {
            _body.Fail(reason);
        }
        else
        {
            _body.FailLate(HasFinalHead ? late : reason);
        }

        if (!HasFinalHead)
        {
            _error = reason;
        }

        _sender.Cut(reason);
        if (_isWaiting)
        {
            EndWait(OutcomeSoFar);
        }
    }

    /// <summary>The origin wants no more of the request, and its response is whole (RFC 9113 section 8.1).</summary>
    internal void StopSending()
    {
        _isSendingStopped = true;
        _sender.Cut(ProxyErrors.OriginReset);
    }

    /// <summary>Gives waits up that last too long. Called now and then.</summary>
    internal void CheckTime(long nowMs)
    {
        if (!_isTunnelOpen)
        {
            _body.CheckIdle(nowMs);
            _sender.CheckTime(nowMs, WriteTimeoutMs, leastOctets: 1, ProxyErrors.OriginWriteTimeout);
        }
    }

    internal void WakeLater() => Connection.Loop.Schedule(_wakening);

    ReadStatus IValueTaskSource<ReadStatus>.GetResult(short token)
    {
        _version++;
        _isWaitDone = false;
        return _waited;
    }

    ValueTaskSourceStatus IValueTaskSource<ReadStatus>.GetStatus(short token) =>
        _isWaitDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<ReadStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    // RFC 8441 section 5: what 200 says here, 101 says in HTTP/1.1. RFC 9110 section 9.3.6: its Content-Length means nothing.
    private void BecomeSwitch(ResponseHead head)
    {
        head.Status = 101;
        head.BodyLength = BodyLength.None;
        HeaderFields fields = head.Fields;
        fields.Remove(KnownField.ContentLength);
        _request!.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> protocol);
        fields.Set(KnownField.Upgrade, protocol);
        if (_hasAccept)
        {
            fields.Set(KnownField.SecWebSocketAccept, _accept);
        }
    }

    // What the origin did wrong is read like a head, so that its words go with the error.
    private ReadStatus OutcomeSoFar => _hasHead || RejectText is not null ? ReadStatus.Data : ReadStatus.Reset;

    private void EndWait(ReadStatus status)
    {
        _isWaiting = false;
        _isWaitDone = true;
        _waited = status;
        WakeLater();
    }

    private sealed class Wakening : LoopTimer
    {
        private readonly Http2OriginStream _stream;

        public Wakening(Http2OriginStream stream) => _stream = stream;

        protected override void OnDue()
        {
            if (!_stream._isWaiting || _stream._waitEndsMs == long.MaxValue)
            {
                return;
            }

            long leftMs = _stream._waitEndsMs - _stream.Connection.Loop.NowMs;
            if (leftMs > 0)
            {
                _stream.Connection.Loop.Arm(this, leftMs);
            }
            else
            {
                _stream.EndWait(ReadStatus.TimedOut);
            }
        }

        protected override void OnReady()
        {
            _stream._sender.Resume();
            _stream._body.Resume();
            if (_stream._isWaitDone && _stream._continuation is { } continuation)
            {
                object? state = _stream._state;
                _stream._continuation = null;
                _stream._state = null;
                continuation(state);
            }
        }
    }
}
