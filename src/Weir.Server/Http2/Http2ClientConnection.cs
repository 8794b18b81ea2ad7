// Hot: every frame of every HTTP/2 client.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Streams;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Http2;

/// <summary>
/// A client's HTTP/2 connection (RFC 9113): frames become exchanges, and what exchanges answer becomes frames. What each frame does is in
/// Http2ClientConnection.Frames.cs, and how the connection ends in Http2ClientConnection.Ending.cs.
/// </summary>
internal sealed partial class Http2ClientConnection : FrameConnection
{
    private readonly Http2Client _client;
    private readonly Http2Shared _shared;
    private readonly HpackDecoder _decoder = new();
    private readonly ClosedStreams _closed = new(forgotten: StreamState.ClosedByEnd);
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private AbuseBudget? _abuse;
    private EarlyPriorities? _early;
    private Http2Stream? _firstPending;
    private Http2Stream? _lastPending;
    private Http2Settings _peer = new();
    private int _highestId;
    private int _running;
    private int _requestCount;
    private int _requestsThisTurn;
    private long _startedMs;
    private long _partialSinceMs;
    private bool _isAcknowledged;

    public Http2ClientConnection(Http2Client client, Connection connection)
        : base(connection, isServer: true, Http2Limits.ConnectionWindow / 2)
    {
        _client = client;
        _shared = client.Server.Http2;
    }

    public override bool IsGone => _isGone || _isOver;

    internal ServerLimits Limits => _client.Limits;

    internal long NowMs => Loop.NowMs;

    internal bool IsDraining => Server.IsDraining;

    protected override int WriteTimeoutMs => Limits.IdleTimeoutMs;

    protected override int MostBlockOctets => Limits.Head.HeadOctets * Http2Limits.BlockFactor;

    protected override bool IsShareDone => _requestsThisTurn >= Http2Limits.RequestsPerTurn;

    private ServerLoop Server => _client.Server;

    /// <summary>Begins to serve; from then on the connection lives by its events.</summary>
    public void Start()
    {
        Http2Settings own = new()
        {
            MaxConcurrentStreams = Http2Limits.Streams,
            MaxHeaderListSize = Limits.Head.HeadOctets,
            EnableConnectProtocol = true,
            NoPriorities = true,
        };
        Greet(own, isServer: true, Http2Limits.ConnectionWindow);
        _startedMs = NowMs;
        _partialSinceMs = NowMs;
        EnsureTick();
        if (_client.IsEnding)
        {
            BeginDrain();
        }

        ReceiveInput();
    }

    /// <summary>Nothing came for as long as a client may be silent.</summary>
    public void OnIdleTimeout()
    {
        if (_running > 0 || _isOver)
        {
            WatchIdle();
            return;
        }

        Server.Counters.Add(Counter.TimeoutClientIdle);
        Finish(Http2ErrorCode.NoError, "idle");
    }

    public override bool TryTiny() => TrySpend(Http2Abuse.TinyWindow);

    internal ValueTaskAwaiter Handle(Exchange exchange)
    {
#pragma warning disable CA2012 // The stream reads the result once, when it is told that it is there.
        return Server.Handler.HandleAsync(exchange).GetAwaiter();
#pragma warning restore CA2012
    }

    /// <summary>Resets a stream.</summary>
    internal void Reset(Http2Stream stream, Http2ErrorCode code, ProxyError reason)
    {
        if (IsGone || stream.IsCut)
        {
            return;
        }

        Output.WriteReset(stream.Id, code);
        Forget(stream, StreamState.ClosedByReset);
        stream.Cut(reason);
        FlushLater();
    }

    /// <summary>An exchange is over; its stream is, or was before.</summary>
    internal void OnExchangeEnded(Http2Stream stream, bool mustClose)
    {
        _running--;
        if (!stream.IsCut)
        {
            // Who also lets requests end may reset more of them.
            _abuse?.GiveBack(Http2Abuse.RapidReset);
            _abuse?.GiveBack(Http2Abuse.LateReset);
            _abuse?.GiveBack(Http2Abuse.ProvokedReset);
            Forget(stream, StreamState.ClosedByEnd);
        }

        Unqueue(stream.Sender);
        if (mustClose || _requestCount >= Limits.RequestsPerConnection)
        {
            BeginDrain();
        }

        FlushLater();
    }

    internal void Return(Http2Stream stream, Exchange exchange)
    {
        Server.ReturnExchange(exchange);
        _shared.ReturnStream(stream);
        if (_running == 0 && IsClosed)
        {
            Leave();
        }
    }

    protected override void OnTurn() => _requestsThisTurn = 0;

    protected override void OnInputRest() => WatchIdle();

    protected override void NotePartial(bool isPartial)
    {
        if (!isPartial)
        {
            _partialSinceMs = 0;
        }
        else if (_partialSinceMs == 0)
        {
            _partialSinceMs = NowMs;
            EnsureTick();
        }
    }

    /// <summary>Now and then: deadlines.</summary>
    protected override void OnDue()
    {
        if (IsClosed)
        {
            return;
        }

        long nowMs = NowMs;
        if (_partialSinceMs != 0 && nowMs - _partialSinceMs > Limits.HeaderTimeoutMs && !_isOver)
        {
            Server.Counters.Add(Counter.TimeoutClientHead);
            LimitNotes.Write(Server.Log, _client.Info, RejectReason.HeadTimeout);
            Finish(Http2ErrorCode.ProtocolError, "a frame did not come whole in time");
        }

        if (!_isAcknowledged && nowMs - _startedMs > Limits.HeaderTimeoutMs && !_isOver && !IsInputHeldUp)
        {
            // RFC 9113 section 6.5.3: whoever reads can say so.
            Server.Counters.Add(Counter.TimeoutClientHead);
            LimitNotes.Write(Server.Log, _client.Info, "header_timeout", "SETTINGS were not acknowledged in time");
            Finish(Http2ErrorCode.SettingsTimeout, "SETTINGS were not acknowledged in time");
        }

        if (_step == Step.Announced && nowMs - _drainSinceMs >= Http2Limits.DrainMs)
        {
            EndAnnouncement();
        }

        RetryInput();

        FrameHeader partial = Connection.ReceivedCount >= FrameHeader.Octets ? FrameHeader.Read(Connection.Received) : default;
        foreach (Http2Stream stream in _streams.Values)
        {
            stream.CheckTime(nowMs, partial.Type == FrameType.Data && partial.StreamId == stream.Id ? Connection.ReceivedCount : 0);
        }

        if (_streams.Count > 0 || _partialSinceMs != 0 || !_isAcknowledged || _step == Step.Announced || IsInputHeldUp)
        {
            EnsureTick();
        }
    }

    private void WatchIdle()
    {
        if (!IsClosed)
        {
            Connection.WatchIdle(Limits.IdleTimeoutMs);
        }
    }

    private void Forget(Http2Stream stream, StreamState state)
    {
        Unqueue(stream.Sender);
        if (_streams.Remove(stream.Id))
        {
            _closed.Add(stream.Id, state);
        }
    }

    /// <summary>Counts a piece of abuse; false: the connection has been told to go.</summary>
    private bool TrySpend(Http2Abuse kind)
    {
        _abuse ??= new AbuseBudget();
        if (_abuse.TrySpend(kind, NowMs))
        {
            return true;
        }

        Http2Fault fault = Flood(kind);
        if (!_isOver)
        {
            Finish(fault);
        }

        return false;
    }

    private Http2Fault Flood(Http2Abuse kind)
    {
        string text = AbuseBudget.TextOf(kind);
        Server.Counters.Add(AbuseBudget.CounterOf(kind));
        Server.Log.Write(OperatorEvents.Http2Abuse, _client.Info.Remote.ToString(), text);
        return Http2Fault.Connection(Http2ErrorCode.EnhanceYourCalm, text);
    }
}
