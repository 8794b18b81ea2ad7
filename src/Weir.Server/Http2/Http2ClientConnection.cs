// Hot: every frame of every HTTP/2 client.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Http.Hpack;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Server.Http1;
using Weir.Server.Listening;
using Weir.Streams;
using Weir.Streams.Output;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Http2;

/// <summary>
/// A client's HTTP/2 connection (RFC 9113): frames become exchanges, and what exchanges answer becomes frames. It lives by its events and
/// holds no suspended method; output gathers during a turn and leaves at its end.
/// </summary>
internal sealed partial class Http2ClientConnection : ClientConnection, IStreamCarrier
{
    private readonly Turn _turn;
    private readonly FrameOutput _output;
    private readonly Http2Shared _shared;
    private readonly HpackDecoder _decoder = new();
    private readonly FieldBlock _block = new();
    private readonly ClosedStreams _closed = new(forgotten: StreamState.ClosedByEnd);
    private readonly StreamQueue _queue = new();
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly Action _onFlushed;
    private AbuseBudget? _abuse;
    private EarlyPriorities? _early;
    private Http2Settings _peer = new();
    private FlowWindow _sendWindow = new(Http2Settings.DefaultWindow);
    private FlowWindow _receiveWindow = new(Http2Settings.DefaultWindow);
    private ValueTaskAwaiter<WriteStatus> _flushing;
    private Http2Fault _pendingFault;
    private int _uncredited;
    private int _highestId;
    private int _lastSaidId = int.MaxValue;
    private int _running;
    private int _requestCount;
    private int _requestsThisTurn;
    private long _startedMs;
    private long _partialSinceMs;
    private long _drainSinceMs;
    private Step _step;
    private bool _hasPreface;
    private bool _hasSettings;
    private bool _isAcknowledged;
    private bool _isFlushing;
    private bool _waitsForUrgent;
    private bool _isInputPaused;
    private bool _isInputAgain;
    private bool _isOver;
    private bool _isLingering;
    private bool _isGone;
    private bool _isClosed;
    private bool _hasLeft;

    public Http2ClientConnection(ServerLoop server, Connection connection, ConnectionInfo info, IConnectionEnd end)
        : base(server, connection, info, end)
    {
        _turn = new Turn(this);
        _shared = server.Http2;
        _output = new FrameOutput(connection);
        _onFlushed = OnFlushed;
    }

    private enum Step : byte
    {
        Serving,
        Announced,
        Draining,
    }

    public FrameOutput Output => _output;

    public Loop Loop => Server.Loop;

    internal long NowMs => Server.Loop.NowMs;

    public bool IsGone => _isGone || _isOver;

    internal bool IsDraining => Server.IsDraining;

    public bool HasQueue => !_queue.IsEmpty;

    /// <summary>Octets of content that the client takes on the whole connection.</summary>
    public int SendWindow => _sendWindow.Available;

    /// <summary>Begins to serve; from then on the connection lives by its events.</summary>
    public override void Start()
    {
        Http2Settings own = new()
        {
            MaxConcurrentStreams = Http2Limits.Streams,
            MaxHeaderListSize = Limits.Head.HeadOctets,
            EnableConnectProtocol = true,
            NoPriorities = true,
        };
        _output.WriteSettings(own, isServer: true);
        _output.WriteWindowUpdate(0, Http2Limits.ConnectionWindow - Http2Settings.DefaultWindow);
        _receiveWindow.TryOpen(Http2Limits.ConnectionWindow - Http2Settings.DefaultWindow);
        _startedMs = NowMs;
        _partialSinceMs = NowMs;
        EnsureTick();
        FlushLater();
        if (IsEnding)
        {
            BeginDrain();
        }

        ReceiveInput();
    }

    public override void OnUnaskedInput(Connection connection)
    {
        if (!_isInputPaused && !_isInputAgain)
        {
            ReceiveInput();
        }
    }

    public override void OnIdleTimeout(Connection connection)
    {
        if (_running > 0 || _isOver)
        {
            WatchIdle();
            return;
        }

        Server.Counters.Add(Counter.TimeoutClientIdle);
        Finish(Http2ErrorCode.NoError, "idle");
    }

    public override void OnGone(Connection connection) => Vanish();

    /// <summary>Says GOAWAY in two steps, so that no request on its way is lost (RFC 9113 section 6.8).</summary>
    internal override void OnDrain()
    {
        // What is told may end its stream at once.
        Http2Stream[] streams = new Http2Stream[_streams.Count];
        _streams.Values.CopyTo(streams, 0);
        foreach (Http2Stream stream in streams)
        {
            stream.TellWhenDraining?.OnDrain();
        }

        BeginDrain();
    }

    /// <summary>As <see cref="OnDrain"/>, but tunnels live on.</summary>
    internal override void OnListenerClosing() => BeginDrain();

    internal override void AbortConnection()
    {
        CutAll(ProxyErrors.Draining);
        Connection.Abort();
        Vanish();
    }

    internal ValueTaskAwaiter Handle(Exchange exchange)
    {
        _running++;
#pragma warning disable CA2012 // The stream reads the result once, when it is told that it is there.
        return Server.Handler.HandleAsync(exchange).GetAwaiter();
#pragma warning restore CA2012
    }

    public void Queue(StreamSender sender)
    {
        if (!sender.IsQueued)
        {
            _queue.Add(sender);
        }

        FlushLater();
    }

    public void Unqueue(StreamSender sender) => _queue.Remove(sender);

    public void TakeSendWindow(int octets) => _sendWindow.TryTake(octets);

    public void FlushLater()
    {
        if (!_isClosed)
        {
            Loop.Schedule(_turn);
        }
    }

    public void EnsureTick()
    {
        if (!_turn.IsArmed && !_isClosed)
        {
            Loop.Arm(_turn, Http2Limits.TickMs);
        }
    }

    /// <summary>Content has left the connection's buffers: the client may send as much again, said when it is worth a frame.</summary>
    public void CreditConnection(int octets)
    {
        _uncredited += octets;
        if (_uncredited >= Http2Limits.ConnectionWindow / 2 && !IsGone)
        {
            _receiveWindow.TryOpen(_uncredited);
            _output.WriteWindowUpdate(0, _uncredited);
            _uncredited = 0;
            FlushLater();
        }
    }

    public void OpenStreamWindow(int streamId, int octets)
    {
        if (!IsGone)
        {
            _output.WriteWindowUpdate(streamId, octets);
            FlushLater();
        }
    }

    public bool TryTiny() => TrySpend(Http2Abuse.TinyWindow);

    /// <summary>Resets a stream.</summary>
    internal void Reset(Http2Stream stream, Http2ErrorCode code, ProxyError reason)
    {
        if (IsGone || stream.IsCut)
        {
            return;
        }

        _output.WriteReset(stream.Id, code);
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
            _abuse?.GiveBack(Http2Abuse.ProvokedReset);
            Forget(stream, StreamState.ClosedByEnd);
        }

        _queue.Remove(stream.Sender);
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
        if (_running == 0 && _isClosed)
        {
            Leave();
        }
    }

    /// <summary>At the end of a turn: everything that gathered leaves, and what waited for room comes behind it.</summary>
    private void OnReady()
    {
        if (_isClosed)
        {
            return;
        }

        long limit = Connection.TotalSent + Http2Limits.OctetsPerTurn;
        _requestsThisTurn = 0;
        _waitsForUrgent = false;
        if (_isInputAgain)
        {
            _isInputAgain = false;
            ReceiveInput();
        }

        Pump();
        while (_output.HasOctets && !_isFlushing && !_isGone)
        {
            if (Connection.TotalSent >= limit)
            {
                FlushLater();
                return;
            }

#pragma warning disable CA2012 // The result is read once, here or when it is there.
            _flushing = Connection.FlushAsync(Limits.IdleTimeoutMs).GetAwaiter();
#pragma warning restore CA2012
            if (!_flushing.IsCompleted)
            {
                _isFlushing = true;
                _flushing.UnsafeOnCompleted(_onFlushed);
                break;
            }

            AfterFlush(_flushing.GetResult());
        }

        CheckOver();
    }

    /// <summary>Now and then: deadlines.</summary>
    private void OnDue()
    {
        if (_isClosed)
        {
            return;
        }

        long nowMs = NowMs;
        if (_partialSinceMs != 0 && nowMs - _partialSinceMs > Limits.HeaderTimeoutMs && !_isOver)
        {
            Server.Counters.Add(Counter.TimeoutClientHead);
            Finish(Http2ErrorCode.ProtocolError, "a frame did not come whole in time");
        }

        if (!_isAcknowledged && nowMs - _startedMs > Limits.HeaderTimeoutMs && !_isOver && !_isInputPaused && !_isInputAgain)
        {
            // RFC 9113 section 6.5.3: whoever reads can say so.
            Server.Counters.Add(Counter.TimeoutClientHead);
            Finish(Http2ErrorCode.SettingsTimeout, "SETTINGS were not acknowledged in time");
        }

        if (_step == Step.Announced && nowMs - _drainSinceMs >= Http2Limits.DrainMs)
        {
            EndAnnouncement();
        }

        if (_isInputPaused || _isInputAgain || Connection.IsStarved)
        {
            _isInputAgain = true;
            _isInputPaused = false;
            FlushLater();
        }

        FrameHeader partial = Connection.ReceivedCount >= FrameHeader.Octets ? FrameHeader.Read(Connection.Received) : default;
        foreach (Http2Stream stream in _streams.Values)
        {
            stream.CheckTime(nowMs, partial.Type == FrameType.Data && partial.StreamId == stream.Id ? Connection.ReceivedCount : 0);
        }

        if (_streams.Count > 0 || _partialSinceMs != 0 || !_isAcknowledged || _step == Step.Announced || _isInputAgain)
        {
            EnsureTick();
        }
    }

    private void OnFlushed()
    {
        _isFlushing = false;
        WriteStatus status = _flushing.GetResult();
        _flushing = default;
        if (_isClosed)
        {
            return;
        }

        AfterFlush(status);
        FlushLater();
    }

    private void AfterFlush(WriteStatus status)
    {
        if (status != WriteStatus.Done)
        {
            if (status == WriteStatus.TimedOut)
            {
                Server.Counters.Add(Counter.TimeoutClientWrite);
            }

            Connection.Abort();
            Vanish();
            return;
        }

        _output.MoveBacklog();
        if (_isInputPaused)
        {
            _isInputPaused = false;
            ReceiveInput();
        }

        Pump();
    }

    /// <summary>Serves those that wait, most urgent first, as far as there is room.</summary>
    private void Pump()
    {
        while (_queue.First is { } sender && !_isGone && !_isFlushing && !_waitsForUrgent)
        {
            WriteProgress progress = sender.Advance();
            switch (progress)
            {
                case WriteProgress.Done:
                    _queue.Remove(sender);
                    sender.FinishWrite(null);
                    if (!sender.IsOver && _queue.First is { } next && sender.GoesBefore(next))
                    {
                        // Who writes for it runs in a turn of its own, and may have more that goes before what waits here.
                        _waitsForUrgent = true;
                        FlushLater();
                    }

                    break;
                case WriteProgress.Shared:
                    _queue.Remove(sender);
                    _queue.Add(sender);
                    break;
                case WriteProgress.NoWindow:
                    _queue.Remove(sender);
                    break;
                case WriteProgress.NoMemory:
                    _queue.Remove(sender);
                    sender.FinishWrite(ProxyErrors.MemoryExhausted);
                    break;
                default:
                    return;
            }
        }
    }

    private void ReceiveInput()
    {
        long limit = Connection.TotalReceived + Http2Limits.OctetsPerTurn;
        while (!_isOver && !_isClosed)
        {
            if (!ReadFrames())
            {
                return;
            }

            if (Connection.TotalReceived >= limit || _requestsThisTurn >= Http2Limits.RequestsPerTurn)
            {
                _isInputAgain = true;
                FlushLater();
                return;
            }

            switch (Connection.TryRead())
            {
                case ReadStatus.Data:
                    break;
                case ReadStatus.Pending:
                    WatchIdle();
                    return;
                case ReadStatus.Full:
                    // No memory for a larger buffer: the tick tries again.
                    _isInputPaused = true;
                    EnsureTick();
                    return;
                default:
                    OnPeerEnd();
                    return;
            }
        }

        if (_isOver && !_isLingering && !_isClosed)
        {
            Connection.Consume(Connection.ReceivedCount);
        }
    }

    private void WatchIdle()
    {
        if (!_isClosed)
        {
            Connection.WatchIdle(Limits.IdleTimeoutMs);
        }
    }

    /// <summary>Reads every whole frame that is there. False: input pauses until there is room to answer, or the connection ends.</summary>
    private bool ReadFrames()
    {
        while (true)
        {
            ReadOnlySpan<byte> received = Connection.Received;
            if (!_hasPreface)
            {
                if (!Preface.MayBe(received))
                {
                    // RFC 9113 section 3.4.
                    Finish(Http2ErrorCode.ProtocolError, "no preface");
                    return false;
                }

                if (received.Length < Preface.Octets.Length)
                {
                    return true;
                }

                _hasPreface = true;
                Connection.Consume(Preface.Octets.Length);
                continue;
            }

            if (received.Length < FrameHeader.Octets)
            {
                NotePartial(received.Length > 0 || _block.IsOpen || !_hasSettings);
                return true;
            }

            if (!_output.HasRoomForControl)
            {
                _isInputPaused = true;
                FlushLater();
                return false;
            }

            FrameHeader frame = FrameHeader.Read(received);
            Http2Fault fault = FrameRules.CheckNext(frame, _hasSettings, _block);
            if (fault.IsSet && !fault.IsStream)
            {
                Finish(fault);
                return false;
            }

            if (received.Length < FrameHeader.Octets + frame.Length)
            {
                NotePartial(frame.Type != FrameType.Data);
                return true;
            }

            if (!fault.IsSet)
            {
                fault = Take(frame, received.Slice(FrameHeader.Octets, frame.Length));
            }

            if (_isClosed || _isOver)
            {
                return false;
            }

            if (fault.IsSet)
            {
                if (!fault.IsStream)
                {
                    Finish(fault);
                    return false;
                }

                ResetFor(frame.StreamId, fault);
                if (_isOver)
                {
                    return false;
                }
            }

            Connection.Consume(FrameHeader.Octets + frame.Length);
            if (_output.IsOverfull)
            {
                Finish(Http2ErrorCode.EnhanceYourCalm, "answers are not read");
                return false;
            }

            if (_requestsThisTurn >= Http2Limits.RequestsPerTurn)
            {
                return true;
            }
        }
    }

    private void NotePartial(bool isPartial)
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

    private void Forget(Http2Stream stream, StreamState state)
    {
        _queue.Remove(stream.Sender);
        if (_streams.Remove(stream.Id))
        {
            _closed.Add(stream.Id, state);
        }
    }

    private static Http2Fault Undecodable() => Http2Fault.Connection(Http2ErrorCode.CompressionError, "a field block that cannot be decoded");

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
        Server.Log.Write(OperatorEvents.Http2Abuse, Info.Remote.ToString(), text);
        return Http2Fault.Connection(Http2ErrorCode.EnhanceYourCalm, text);
    }

    private void BeginDrain()
    {
        if (_step != Step.Serving || _isOver || _isClosed)
        {
            return;
        }

        _step = Step.Announced;
        _drainSinceMs = NowMs;
        _output.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError, "");
        _output.WritePing("draining"u8, isAck: false);
        EnsureTick();
        FlushLater();
    }

    private void EndAnnouncement()
    {
        _step = Step.Draining;
        SayGoAway(Http2ErrorCode.NoError, "");
        FlushLater();
    }

    // RFC 9113 section 6.8: the number never grows again, though streams that are refused come above it.
    private void SayGoAway(Http2ErrorCode code, string text)
    {
        _lastSaidId = Math.Min(_lastSaidId, _highestId);
        _output.WriteGoAway(_lastSaidId, code, text);
    }

    private void Finish(Http2Fault fault) => Finish(fault.Code, fault.Text ?? "");

    /// <summary>Says GOAWAY and ends: exchanges that still run are given up.</summary>
    private void Finish(Http2ErrorCode code, string text)
    {
        if (_isOver || _isClosed)
        {
            return;
        }

        SayGoAway(code, text);
        _isOver = true;
        CutAll(ProxyErrors.ClientAborted);
        FlushLater();
    }

    private void CheckOver()
    {
        if (_isClosed || _isLingering || _isFlushing)
        {
            return;
        }

        bool isDrained = _step == Step.Draining && _streams.Count == 0 && _running == 0;
        if ((_isOver || isDrained) && !_output.HasOctets)
        {
            _isOver = true;
            _isLingering = true;
            Loop.Observe(LingerAsync());
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask LingerAsync()
    {
        await LingeringClose.RunAsync(Connection);
        CloseNow(isReset: false);
    }

    // The client has ended its direction: answers may still be read, but RFC 9113 knows no half-closed connection, and clients that do so
    // are gone.
    private void OnPeerEnd()
    {
        Connection.Consume(Connection.ReceivedCount);
        Vanish();
    }

    private void Vanish()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        CutAll(ProxyErrors.ClientAborted);
        if (!_isLingering)
        {
            CloseNow(isReset: Connection.HasFailed);
        }
    }

    private void CutAll(ProxyError reason)
    {
        if (_streams.Count == 0)
        {
            return;
        }

        // What is cut may end its exchange only in a turn of its own, so the table does not change meanwhile.
        foreach (Http2Stream stream in _streams.Values)
        {
            _queue.Remove(stream.Sender);
            stream.Cut(reason);
        }

        _streams.Clear();
    }

    private void CloseNow(bool isReset)
    {
        if (_isClosed)
        {
            return;
        }

        _isGone = true;
        _isClosed = true;
        Loop.Disarm(_turn);
        Connection.Close(isReset);
        if (_running == 0)
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            GiveBack();
        }
    }

    /// <summary>What the loop calls at the end of a turn, and when time has passed.</summary>
    private sealed class Turn(Http2ClientConnection connection) : LoopTimer
    {
        protected override void OnReady() => connection.OnReady();

        protected override void OnDue() => connection.OnDue();
    }
}
