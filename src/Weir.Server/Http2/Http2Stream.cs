// Hot: one for each request in flight, reused.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Net.Loops;
using Weir.Streams.Output;

namespace Weir.Server.Http2;

/// <summary>
/// One request and its response on an HTTP/2 connection. What cannot be put into the output at once is kept, and the connection comes
/// back for it in the order of priorities; an exchange never gives more than one thing at a time.
/// </summary>
internal sealed class Http2Stream : ClientStream
{
    private readonly Http2RequestBody _body;
    private readonly Http2Sender _sender;
    private readonly WakeItem _wake;
    private readonly Action _onHandled;
    private ValueTaskAwaiter _handling;
    private RequestMethod _method;
    private bool _hasBody;
    private bool _hasStarted;
    private bool _isTunnel;
    private bool _asksForTrailers;

    public Http2Stream()
    {
        _body = new Http2RequestBody(this);
        _sender = new Http2Sender(this);
        _wake = new WakeItem(this);
        _onHandled = OnHandled;
    }

    internal Http2ClientConnection Owner { get; private set; } = null!;

    internal int Id { get; private set; }

    internal Exchange Exchange { get; private set; } = null!;

    internal Http2RequestBody Body => _body;

    internal Http2Sender Sender => _sender;

    internal StreamPriority Priority
    {
        get => _sender.Priority;
        set
        {
            // RFC 9218 section 10: who says that an answer is of use only as a whole gets one after the other; who says nothing, as HTTP/2
            // clients that know no priorities, gets all of them in turns.
            _sender.Priority = value;
            _sender.IsOrdered = !value.IsIncremental;
        }
    }

    internal ServerLimits Limits => Owner.Limits;

    /// <summary>Whether the client has ended its side.</summary>
    internal bool IsRemoteOver { get; private set; }

    /// <summary>Whether the stream was reset, by whomever, or its connection is gone.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>Whether the final answer has begun.</summary>
    internal bool HasStarted => _hasStarted;

    /// <summary>Whether what the client sends are the octets of another protocol.</summary>
    internal bool IsTunnel => _isTunnel;

    internal StreamState State =>
        IsRemoteOver ? StreamState.HalfClosedRemote : _sender.IsOver ? StreamState.HalfClosedLocal : StreamState.Open;

    public override bool AcceptsInterim => true;

    public override bool AcceptsTrailers => true;

    public override bool AsksForTrailers => _asksForTrailers;

    public override bool IsGone => IsCut || Owner.IsGone;

    public override bool IsDraining => Owner.IsDraining;

    public override long SentOctets => _sender.SentOctets;

    /// <summary>Begins with a request whose head is complete.</summary>
    internal void Begin(Http2ClientConnection owner, int id, Exchange exchange, int window)
    {
        Owner = owner;
        Id = id;
        Exchange = exchange;
        _sender.Begin(window);
        _hasBody = false;
        _hasStarted = false;
        _isTunnel = false;
        IsRemoteOver = false;
        IsCut = false;
    }

    /// <summary>The next stream whose exchange is to be handed over at the end of the batch of frames.</summary>
    internal Http2Stream? NextPending { get; set; }

    /// <summary>Takes what frames behind the head may bring, before anybody asks for it.</summary>
    internal void Prepare(in RequestFraming framing, bool hasEnded)
    {
        _method = Exchange.Request.Method;
        _asksForTrailers = Exchange.Request.Fields.Has(KnownField.Te);
        IsRemoteOver = hasEnded;
        _body.Begin(Exchange, _isTunnel ? BodyLength.Unknown : framing.BodyLength, hasEnded, _isTunnel, framing.ExpectsContinue);
        Exchange.RequestBody = framing.BodyLength.IsNone ? BodyReader.Empty : _body;
    }

    /// <summary>Hands the exchange over; from then on the stream lives by its frames and by what the exchange does.</summary>
    internal void Run()
    {
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

    /// <summary>Gives a stream back that was over before its exchange was handed over: nobody was asked anything.</summary>
    internal void Drop()
    {
        _body.End();
        Exchange exchange = Exchange;
        _sender.Clear();
        Exchange = null!;
        Owner.Return(this, exchange);
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
        _body.Fail(reason);
        _sender.Cut(reason);
        AbortWhenGone?.Abort(reason);
    }

    /// <summary>Gives a wait up that lasts too long. Called now and then.</summary>
    internal void CheckTime(long nowMs, int partialOctets)
    {
        _body.CheckRate(nowMs, partialOctets);
        if (!_isTunnel)
        {
            _sender.CheckTime(nowMs, Limits.IdleTimeoutMs, Limits.LeastTakenOctets, ProxyErrors.ClientTooSlow);
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

        return _sender.WriteHeadAsync(head, new HeadForm(status, BodyLength.Unknown, KeepsLength: false, EndsStream: false));
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

        return _sender.WriteHeadAsync(head, new HeadForm(head.Status, length, keepsLength, EndsStream: !_hasBody));
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        if (octets.IsEmpty || !_hasBody)
        {
            return new(IsGone ? ProxyErrors.ClientAborted : null);
        }

        return _sender.WriteAsync(octets);
    }

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        return _sender.IsOver ? new(IsGone ? ProxyErrors.ClientAborted : null) : _sender.FinishAsync(last, trailers);
    }

    public override void Abort()
    {
        if (!_sender.IsOver && !IsGone)
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

    internal void WakeLater() => Owner.Loop.Schedule(_wake);

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
            if (!_sender.IsOver)
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
        _sender.Clear();
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
            _stream._sender.Resume();
        }
    }
}
