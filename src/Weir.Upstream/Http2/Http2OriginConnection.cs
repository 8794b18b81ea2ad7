// Hot: every frame of every HTTP/2 connection to an origin.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Streams;
using Weir.Streams.Output;
using Weir.Telemetry.Counting;
using Weir.Upstream.Pooling;

namespace Weir.Upstream.Http2;

/// <summary>
/// An HTTP/2 connection to an origin (RFC 9113): many requests at once. It lives by its events and holds no suspended method; output
/// gathers during a turn and leaves at its end. What each frame does is in Http2OriginConnection.Frames.cs.
/// </summary>
internal sealed partial class Http2OriginConnection : IConnectionObserver, IStreamCarrier
{
    private readonly Http2Pool _pool;
    private readonly Connection _connection;
    private readonly Turn _turn;
    private readonly FrameOutput _output;
    private readonly HpackDecoder _decoder = new();
    private readonly FieldBlock _block = new();

    // Clients may give up very many requests at once, and their answers are on their way: to end the connection of all others would be unjust.
    private readonly ClosedStreams _closed = new(forgotten: StreamState.ClosedByReset);
    private readonly StreamQueue _queue = new();
    private readonly Dictionary<int, Http2OriginStream> _streams = [];
    private readonly Action _onFlushed;
    private readonly bool _holdsSlot;
    private Http2OriginStream? _first;
    private TaskCompletionSource<ProxyError?>? _starting;
    private Http2Settings _peer = new();
    private FlowWindow _sendWindow = new(Http2Settings.DefaultWindow);
    private FlowWindow _receiveWindow = new(Http2Settings.DefaultWindow);
    private FrameBudget _idleFrames = new(2_000, 200);
    private FrameBudget _windowFrames = new(50_000, 10_000);
    private ValueTaskAwaiter<WriteStatus> _flushing;
    private Http2Fault _pendingFault;
    private ProxyError? _end;
    private int _uncredited;
    private int _nextId = 1;
    private int _streamLimit = Http2OriginLimits.Streams;
    private long _startEndsMs;
    private long _heardMs;
    private long _pingSinceMs;
    private bool _hasSettings;
    private bool _hasServed;
    private bool _takesNoMore;
    private bool _isFlushing;
    private bool _isInputPaused;
    private bool _isInputAgain;
    private bool _isReading;
    private bool _isOver;
    private bool _isClosed;

    public Http2OriginConnection(Http2Pool pool, Connection connection, bool holdsSlot)
    {
        _pool = pool;
        _connection = connection;
        _holdsSlot = holdsSlot;
        _turn = new Turn(this);
        _output = new FrameOutput(connection);
        _onFlushed = OnFlushed;
        _heardMs = connection.Loop.NowMs;
        connection.Observer = this;
    }

    public Loop Loop => _connection.Loop;

    public FrameOutput Output => _output;

    public bool IsGone => _isOver || _isClosed;

    public bool HasQueue => !_queue.IsEmpty;

    public int SendWindow => _sendWindow.Available;

    /// <summary>Exchanges that hold a stream here.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>How many may.</summary>
    public int StreamLimit => _streamLimit;

    /// <summary>Whether the server refused a stream lately: it has as much as it can take, and more connections do not help.</summary>
    public bool HasRefused => _streamLimit < AllowedStreams;

    /// <summary>Since when none does.</summary>
    public long IdleSinceMs { get; private set; }

    /// <summary>Whether new streams can be opened.</summary>
    public bool TakesStreams => _hasSettings && !_takesNoMore && !IsGone;

    /// <summary>Whether the server takes an extended CONNECT (RFC 8441).</summary>
    public bool TakesTunnels => _peer.EnableConnectProtocol;

    /// <summary>Whether readers that do not keep up hold half of what the connection may hold.</summary>
    public bool IsCrowded => _receiveWindow.Octets < Http2OriginLimits.ConnectionWindow / 2;

    /// <summary>Whether it was asked for a sign of life and has not given one.</summary>
    public bool IsAsked => _pingSinceMs != 0;

    /// <summary>Whether that is so short a time ago that the sign may still come.</summary>
    public bool MayAnswerSoon => IsAsked && Loop.NowMs - _pingSinceMs < Http2OriginLimits.TickMs;

    /// <summary>Whether nothing has come for so long that it must be proved alive before it is relied on.</summary>
    public bool IsSilent => Loop.NowMs - _heardMs >= Http2OriginLimits.SilenceMs;

    /// <summary>Whether it is secure.</summary>
    public bool IsSecure => _connection.Tls is not null;

    internal long TotalSent => _connection.TotalSent;

    /// <summary>Says who speaks and waits for the server's SETTINGS: before that it may be anything. Null: it speaks HTTP/2.</summary>
    public async ValueTask<ProxyError?> StartAsync(int timeoutMs)
    {
        TaskCompletionSource<ProxyError?> starting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _starting = starting;
        _startEndsMs = Loop.NowMs + timeoutMs;
        Http2Settings own = new() { EnablePush = false, MaxHeaderListSize = _pool.HeadLimits.HeadOctets };
        _output.WriteSettings(own, isServer: false);
        _output.WriteWindowUpdate(0, Http2OriginLimits.ConnectionWindow - Http2Settings.DefaultWindow);
        _receiveWindow.TryOpen(Http2OriginLimits.ConnectionWindow - Http2Settings.DefaultWindow);
        Loop.Arm(_turn, Math.Min(timeoutMs, Http2OriginLimits.TickMs));
        FlushLater();
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
        if (!_connection.IsKnownOpen() && !_isReading)
        {
            ReceiveInput();
        }

        return TakesStreams;
    }

    /// <summary>Asks for a sign of life: PING.</summary>
    public void AskForLife()
    {
        _pingSinceMs = Loop.NowMs;
        _output.WritePing("Weir\0\0\0\0"u8, isAck: false);
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

    public void OnUnaskedInput(Connection connection)
    {
        if (!_isInputPaused && !_isInputAgain)
        {
            ReceiveInput();
        }
    }

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
            Loop.Arm(_turn, Http2OriginLimits.TickMs);
        }
    }

    public void CreditConnection(int octets)
    {
        _uncredited += octets;
        if (_uncredited >= Http2OriginLimits.ConnectionWindow / 4 && !IsGone)
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

    // A server that opens its windows by a few octets slows its own requests; what that costs is bounded by the frames it has to send.
    public bool TryTiny() => true;

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

        long sentBefore = _connection.TotalSent + _connection.OutputCount;
        WriteProgress progress = _output.TryWriteRequest(_nextId, stream.Request, stream.Options, stream.EndsWithHead, out written);
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
        _queue.Remove(stream.Sender);
        if (stream.Id == 0 || !_streams.ContainsKey(stream.Id))
        {
            return;
        }

        bool isWhole = stream.State == StreamState.ClosedByEnd;
        Forget(stream, isWhole ? StreamState.ClosedByEnd : StreamState.ClosedByReset);
        if (!isWhole && !IsGone)
        {
            _output.WriteReset(stream.Id, Http2ErrorCode.Cancel);
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

    /// <summary>At the end of a turn: everything that gathered leaves, and what waited for room comes behind it.</summary>
    private void OnReady()
    {
        if (_isClosed)
        {
            return;
        }

        long limit = _connection.TotalSent + Http2OriginLimits.OctetsPerTurn;
        if (_isInputAgain)
        {
            _isInputAgain = false;
            ReceiveInput();
        }

        Pump();
        while (_output.HasOctets && !_isFlushing && !_isClosed)
        {
            if (_connection.TotalSent >= limit)
            {
                FlushLater();
                return;
            }

#pragma warning disable CA2012 // The result is read once, here or when it is there.
            _flushing = _connection.FlushAsync(_pool.WriteTimeoutMs).GetAwaiter();
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

        long nowMs = Loop.NowMs;
        if (_starting is not null && nowMs >= _startEndsMs)
        {
            Vanish(ProxyErrors.ConnectTimeout);
            return;
        }

        if (_isInputPaused || _isInputAgain || _connection.IsStarved)
        {
            _isInputAgain = true;
            _isInputPaused = false;
            FlushLater();
        }

        if (IsAsked && nowMs - Math.Max(_pingSinceMs, _heardMs) >= Http2OriginLimits.PingMs)
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
            Loop.Arm(_turn, Math.Clamp(_startEndsMs - nowMs, 1, Http2OriginLimits.TickMs));
        }
        else if (ActiveCount > 0 || IsAsked || _isInputAgain || _isOver)
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
            // Only this direction may be broken: what the server said before it stopped listening is worth more.
            ReceiveInput();
            Vanish(status == WriteStatus.TimedOut ? ProxyErrors.OriginWriteTimeout : ProxyErrors.OriginReset);
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
        while (_queue.First is { } sender && !IsGone && !_isFlushing)
        {
            WriteProgress progress = sender.Advance();
            switch (progress)
            {
                case WriteProgress.Done:
                    _queue.Remove(sender);
                    sender.FinishWrite(null);
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
                case WriteProgress.Gone:
                    _queue.Remove(sender);
                    sender.FinishGone();
                    break;
                default:
                    return;
            }
        }
    }

    private void ReceiveInput()
    {
        if (_isReading || _isClosed)
        {
            return;
        }

        _isReading = true;
        ReadUntilNothing();
        _isReading = false;
    }

    private void ReadUntilNothing()
    {
        long limit = _connection.TotalReceived + Http2OriginLimits.OctetsPerTurn;
        while (!_isOver && !_isClosed)
        {
            if (!ReadFrames())
            {
                return;
            }

            if (_connection.TotalReceived >= limit)
            {
                _isInputAgain = true;
                FlushLater();
                return;
            }

            switch (_connection.TryRead())
            {
                case ReadStatus.Data:
                    _heardMs = Loop.NowMs;
                    break;
                case ReadStatus.Pending:
                    return;
                case ReadStatus.Full:
                    // No memory for a larger buffer: the tick tries again.
                    _isInputPaused = true;
                    EnsureTick();
                    return;
                default:
                    Vanish(ProxyErrors.OriginReset);
                    return;
            }
        }
    }

    /// <summary>Reads every whole frame that is there. False: input pauses until there is room to answer, or the connection ends.</summary>
    private bool ReadFrames()
    {
        while (true)
        {
            ReadOnlySpan<byte> received = _connection.Received;
            if (received.Length < FrameHeader.Octets)
            {
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
                return true;
            }

            if (!fault.IsSet)
            {
                fault = Take(frame, received.Slice(FrameHeader.Octets, frame.Length));
            }

            if (IsGone)
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
            }

            _connection.Consume(FrameHeader.Octets + frame.Length);
            if (_output.IsOverfull)
            {
                Finish(Flood());
                return false;
            }
        }
    }

    private void Forget(Http2OriginStream stream, StreamState state)
    {
        _queue.Remove(stream.Sender);
        if (_streams.Remove(stream.Id))
        {
            _closed.Add(stream.Id, state);
        }
    }

    /// <summary>The server broke the protocol: says GOAWAY and ends; what runs fails.</summary>
    private void Finish(Http2Fault fault)
    {
        if (IsGone)
        {
            return;
        }

        ProxyError reason = _hasSettings ? ProxyErrors.OriginBadHead : ProxyErrors.OriginNotHttp2;
        _output.WriteGoAway(0, fault.Code, fault.Text ?? "");
        _isOver = true;
        _end = reason;
        CutAll(reason, fault.Text);
        FlushLater();
    }

    private void CheckOver()
    {
        if (_isClosed || _isFlushing || _output.HasOctets)
        {
            return;
        }

        if (_isOver)
        {
            CloseNow(_end);
        }
        else if (_takesNoMore && ActiveCount == 0)
        {
            _isOver = true;
            _output.WriteGoAway(0, Http2ErrorCode.NoError, "");
            FlushLater();
        }
    }

    /// <summary>The connection is gone, or as good as that.</summary>
    private void Vanish(ProxyError reason)
    {
        if (_isClosed)
        {
            return;
        }

        _end ??= reason;
        CutAll(reason, null);
        CloseNow(_end);
    }

    private void CutAll(ProxyError reason, string? text)
    {
        // What is cut may end its exchange only in a turn of its own, so neither the list nor the table changes meanwhile.
        for (Http2OriginStream? stream = _first; stream is not null; stream = stream.Next)
        {
            stream.RejectText ??= text;
            _queue.Remove(stream.Sender);
            stream.Cut(reason);
        }

        _streams.Clear();
    }

    private void CloseNow(ProxyError? reason)
    {
        if (_isClosed)
        {
            return;
        }

        _isOver = true;
        _isClosed = true;
        Loop.Disarm(_turn);
        if (_pool.IsLimited && !_connection.HasFailed)
        {
            // The descriptor is closed at the end of the turn; the server must see this one end before another loop connects.
            _connection.ShutdownWrite();
        }

        _connection.Close(reset: _connection.HasFailed);
        _pool.OnClosed(this, _holdsSlot);
        _starting?.TrySetResult(reason ?? ProxyErrors.ConnectFailed);
        _starting = null;
    }

    /// <summary>What the loop calls at the end of a turn, and when time has passed.</summary>
    private sealed class Turn(Http2OriginConnection connection) : LoopTimer
    {
        protected override void OnReady() => connection.OnReady();

        protected override void OnDue() => connection.OnDue();
    }
}
