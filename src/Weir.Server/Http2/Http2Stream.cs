// Hot: one for each request in flight, reused.
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Net.Loops;

namespace Weir.Server.Http2;

/// <summary>
/// One request and its response on an HTTP/2 connection. What cannot be put into the output at once is kept, and the connection comes
/// back for it in the order of priorities; an exchange never gives more than one thing at a time.
/// </summary>
internal sealed class Http2Stream : ClientStream, IValueTaskSource<ProxyError?>
{
    private readonly Http2RequestBody _body;
    private readonly WakeItem _wake;
    private readonly Action _onHandled;
    private ValueTaskAwaiter _handling;
    private RequestMethod _method;
    private FlowWindow _window;
    private ResponseHead? _head;
    private HeadForm _form;
    private NativeSlice _data;
    private HeaderFields? _trailers;
    private ProxyError? _result;
    private Action<object?>? _continuation;
    private object? _state;
    private long _progressMs;
    private long _sentOctets;
    private short _version;
    private bool _hasBody;
    private bool _hasStarted;
    private bool _endsAfterData;
    private bool _isLocalOver;
    private bool _isWriteWaiting;
    private bool _isWriteDone;
    private bool _isTunnel;

    public Http2Stream()
    {
        _body = new Http2RequestBody(this);
        _wake = new WakeItem(this);
        _onHandled = OnHandled;
    }

    internal Http2ClientConnection Owner { get; private set; } = null!;

    internal int Id { get; private set; }

    internal Exchange Exchange { get; private set; } = null!;

    internal Http2RequestBody Body => _body;

    internal StreamPriority Priority { get; set; }

    internal ServerLimits Limits => Owner.Limits;

    /// <summary>Whether the client has ended its side.</summary>
    internal bool IsRemoteOver { get; private set; }

    /// <summary>Whether the stream was reset, by whomever, or its connection is gone.</summary>
    internal bool IsCut { get; private set; }

    internal bool IsQueued { get; set; }

    internal int QueuedUrgency { get; set; }

    internal Http2Stream? NextQueued { get; set; }

    internal Http2Stream? PreviousQueued { get; set; }

    internal StreamState State => IsRemoteOver ? StreamState.HalfClosedRemote : _isLocalOver ? StreamState.HalfClosedLocal : StreamState.Open;

    public override bool AcceptsInterim => true;

    public override bool AcceptsTrailers => true;

    public override bool IsGone => IsCut || Owner.IsGone;

    public override bool IsDraining => Owner.IsDraining;

    public override long SentOctets => _sentOctets;

    /// <summary>Begins with a request whose head is complete.</summary>
    internal void Begin(Http2ClientConnection owner, int id, Exchange exchange, int window)
    {
        Owner = owner;
        Id = id;
        Exchange = exchange;
        Priority = StreamPriority.Default;
        _window = new FlowWindow(window);
        _sentOctets = 0;
        _hasBody = false;
        _hasStarted = false;
        _endsAfterData = false;
        _isLocalOver = false;
        _isTunnel = false;
        IsRemoteOver = false;
        IsCut = false;
    }

    /// <summary>Hands the exchange over; from then on the stream lives by its frames and by what the exchange does.</summary>
    internal void Run(in RequestFraming framing, bool hasEnded)
    {
        _method = Exchange.Request.Method;
        IsRemoteOver = hasEnded;
        _body.Begin(Exchange, _isTunnel ? BodyLength.Unknown : framing.BodyLength, hasEnded, _isTunnel, framing.ExpectsContinue);
        Exchange.RequestBody = framing.BodyLength.IsNone ? BodyReader.Empty : _body;
        _handling = Owner.Handle(Exchange);
        if (_handling.IsCompleted)
        {
            OnHandled();
        }
        else
        {
            _handling.UnsafeOnCompleted(_onHandled);
        }
    }

    /// <summary>The client's side has ended.</summary>
    internal Http2Fault OnRemoteEnd()
    {
        IsRemoteOver = true;
        return _body.OnEnd();
    }

    /// <summary>The stream is over before its time. Whoever waits for it learns it in a turn of its own.</summary>
    internal void Cut(ProxyError reason)
    {
        if (IsCut)
        {
            return;
        }

        IsCut = true;
        IsRemoteOver = true;
        _isLocalOver = true;
        _body.Fail(reason);
        FinishWrite(reason);
        AbortWhenGone?.Abort(reason);
    }

    /// <summary>The client's window for the stream changes. False: it would be too large.</summary>
    internal bool TryShiftWindow(long octets)
    {
        if (!_window.TryShift(octets))
        {
            return false;
        }

        if (_isWriteWaiting && !IsQueued && _window.Available > 0)
        {
            Owner.Queue(this);
        }

        return true;
    }

    /// <summary>Gives a wait up that lasts too long. Called now and then.</summary>
    internal void CheckTime(long nowMs, int partialOctets)
    {
        _body.CheckRate(nowMs, partialOctets);
        if (IsQueued && Owner.SendWindow > 0)
        {
            // It waits for others of its connection: whether the client takes anything is asked of the flush.
            _progressMs = nowMs;
        }

        if (_isWriteWaiting && !_isTunnel && nowMs - _progressMs > Limits.IdleTimeoutMs)
        {
            Owner.Unqueue(this);
            FinishWrite(ProxyErrors.ClientTooSlow);
        }
    }

    public override ValueTask<ProxyError?> SendInterimAsync(ResponseHead head)
    {
        if (head.Status == 100)
        {
            _body.OnContinue();
        }

        // RFC 8441 section 5: what becomes a tunnel is answered with 200, and has no key to answer.
        int status = head.Status == 101 ? 200 : head.Status;
        if (head.Status == 101)
        {
            head.Fields.Remove(KnownField.SecWebSocketAccept);
        }

        return WriteHeadAsync(head, new HeadForm(status, BodyLength.Unknown, KeepsLength: false, EndsStream: false));
    }

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody)
    {
        bool isBodiless = head.Status is 204 or 304 || _method == RequestMethod.Head;
        _hasBody = hasBody && !isBodiless;
        _hasStarted = true;
        BodyLength length = head.BodyLength;
        bool keepsLength = false;
        if (isBodiless)
        {
            // As in HTTP/1.1: what the origin said of content that is not sent stands, and nothing is made up.
            keepsLength = head.Status != 204 && head.Fields.Has(KnownField.ContentLength);
            length = head.Status == 204 || length.IsNone ? BodyLength.Unknown : length;
        }

        if (Exchange.Response.Fields.TryGet("priority"u8, out ReadOnlySpan<byte> priority))
        {
            // RFC 9218 section 8: the origin knows better how its answer is used.
            Priority = StreamPriority.Parse(priority, Priority);
        }

        return WriteHeadAsync(head, new HeadForm(head.Status, length, keepsLength, EndsStream: !_hasBody));
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        if (octets.IsEmpty || !_hasBody)
        {
            return new(IsGone ? ProxyErrors.ClientAborted : null);
        }

        _data = octets;
        return AdvanceAsync();
    }

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        if (_isLocalOver)
        {
            return new(IsGone ? ProxyErrors.ClientAborted : null);
        }

        _data = last;
        _trailers = trailers is { Count: > 0 } ? trailers : null;
        _endsAfterData = true;
        return AdvanceAsync();
    }

    public override void Abort()
    {
        if (!_isLocalOver && !IsGone)
        {
            Owner.Reset(this, Http2ErrorCode.InternalError, ProxyErrors.ClientAborted);
        }
    }

    public override ITunnelEnd? OpenTunnel()
    {
        if (!_isTunnel)
        {
            return null;
        }

        _hasBody = true;
        return new Http2Tunnel(this);
    }

    /// <summary>RFC 8441: what follows the head are the octets of another protocol.</summary>
    internal void AllowTunnel() => _isTunnel = true;

    /// <summary>Puts into the output what there is room for, one frame of content where others wait for their turn.</summary>
    internal WriteProgress Advance()
    {
        if (_head is not null)
        {
            WriteProgress progress = Owner.Output.TryWriteHead(Id, _head, _form, out int written);
            if (progress != WriteProgress.Done)
            {
                return progress;
            }

            _head = null;
            Sent(written);
            if (_form.EndsStream)
            {
                EndLocal();
            }
        }

        while (_data.Length > 0 || (_endsAfterData && !_isLocalOver))
        {
            if (_data.IsEmpty && _trailers is not null)
            {
                WriteProgress progress = Owner.Output.TryWriteTrailers(Id, _trailers, out int written);
                if (progress != WriteProgress.Done)
                {
                    return progress;
                }

                _trailers = null;
                Sent(written);
                EndLocal();
                break;
            }

            WriteProgress frame = WriteFrame();
            if (frame != WriteProgress.Done)
            {
                return frame;
            }

            if (Priority.IsIncremental && !_data.IsEmpty)
            {
                return WriteProgress.Shared;
            }
        }

        return WriteProgress.Done;
    }

    /// <summary>The connection has put everything into the output, or cannot.</summary>
    internal void FinishWrite(ProxyError? error)
    {
        _head = null;
        _data = default;
        _trailers = null;
        if (!_isWriteWaiting)
        {
            return;
        }

        _isWriteWaiting = false;
        _isWriteDone = true;
        _result = error;
        WakeLater();
    }

    internal void WakeLater() => Owner.Loop.Schedule(_wake);

    ProxyError? IValueTaskSource<ProxyError?>.GetResult(short token)
    {
        _version++;
        _isWriteDone = false;
        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ProxyError?>.GetStatus(short token) =>
        _isWriteDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<ProxyError?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    /// <summary>For tunnels: nothing more follows in this direction.</summary>
    internal void EndWriting()
    {
        if (_isLocalOver || _isWriteWaiting)
        {
            return;
        }

        _endsAfterData = true;
        if (Advance() != WriteProgress.Done)
        {
            Owner.Queue(this);
        }
    }

    private ValueTask<ProxyError?> WriteHeadAsync(ResponseHead head, in HeadForm form)
    {
        _head = head;
        _form = form;
        return AdvanceAsync();
    }

    private ValueTask<ProxyError?> AdvanceAsync()
    {
        if (IsGone)
        {
            FinishWrite(null);
            return new(ProxyErrors.ClientAborted);
        }

        // Whoever waits already has its turn first, but heads are small.
        WriteProgress progress = _head is null && Owner.HasQueue ? WriteProgress.NoRoom : Advance();
        if (progress == WriteProgress.Done)
        {
            Owner.FlushLater();
            return default;
        }

        if (IsGone)
        {
            // What was to be written was one tiny frame too many.
            FinishWrite(null);
            return new(ProxyErrors.ClientAborted);
        }

        if (progress == WriteProgress.NoMemory)
        {
            FinishWrite(null);
            return new(ProxyErrors.MemoryExhausted);
        }

        _isWriteWaiting = true;
        _progressMs = Owner.NowMs;
        if (progress != WriteProgress.NoWindow)
        {
            Owner.Queue(this);
        }

        Owner.FlushLater();
        Owner.EnsureTick();
        return new(this, _version);
    }

    private WriteProgress WriteFrame()
    {
        int window = Math.Min(_window.Available, Owner.SendWindow);
        int most = Math.Min(_data.Length, window);
        if (most == 0 && !_data.IsEmpty)
        {
            return _window.Available == 0 ? WriteProgress.NoWindow : WriteProgress.NoConnectionWindow;
        }

        if (most < _data.Length && most < Http2Limits.TinyOctets && !Owner.TryTiny())
        {
            return WriteProgress.NoRoom;
        }

        int count = Owner.Output.TryWriteData(Id, _data, most, _endsAfterData && _trailers is null);
        if (count < 0)
        {
            return count == -1 ? WriteProgress.NoRoom : WriteProgress.NoMemory;
        }

        _window.TryTake(count);
        Owner.TakeSendWindow(count);
        Sent(FrameHeader.Octets + count);
        _data = count == _data.Length ? default : _data.From(count);
        if (_data.IsEmpty && _endsAfterData && _trailers is null)
        {
            EndLocal();
        }

        return WriteProgress.Done;
    }

    private void Sent(int octets)
    {
        _sentOctets += octets;
        _progressMs = Owner.NowMs;
    }

    private void EndLocal() => _isLocalOver = true;

    /// <summary>The exchange is over.</summary>
    private void OnHandled()
    {
        try
        {
            _handling.GetResult();
        }
        catch (Exception exception)
        {
            // The handler's contract is not to throw: a defect ends this stream and is reported.
            Owner.Loop.ReportFailure(exception);
        }

        _handling = default;
        AbortWhenGone = null;
        TellWhenDraining = null;
        if (!IsGone)
        {
            if (!_isLocalOver)
            {
                Owner.Reset(this, Http2ErrorCode.InternalError, ProxyErrors.ClientAborted);
            }
            else if (!IsRemoteOver)
            {
                // RFC 9113 section 8.1: the answer is whole, and nobody wants the rest of the request.
                Owner.Reset(this, Http2ErrorCode.NoError, ProxyErrors.ClientAborted);
            }
        }

        _body.End();
        Exchange exchange = Exchange;
        Http2ClientConnection owner = Owner;
        bool mustClose = exchange.MustClose;
        owner.OnExchangeEnded(this, _hasStarted && mustClose);
        _head = null;
        _data = default;
        _trailers = null;
        Exchange = null!;
        owner.Return(this, exchange);
    }

    private sealed class WakeItem : ReadyItem
    {
        private readonly Http2Stream _stream;

        public WakeItem(Http2Stream stream) => _stream = stream;

        protected override void OnReady()
        {
            _stream._body.Resume();
            if (_stream._isWriteDone && _stream._continuation is { } continuation)
            {
                object? state = _stream._state;
                _stream._continuation = null;
                _stream._state = null;
                continuation(state);
            }
        }
    }
}
