// Hot: every frame of every HTTP/2 connection passes here.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Errors;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Streams.Output;

namespace Weir.Streams;

/// <summary>
/// What HTTP/2 connections of both roles do alike. They live by their events and hold no suspended method: frames are read while there is
/// room to answer them; output gathers during a turn and leaves at its end, and what waited for room comes behind it. What a frame does,
/// and how the connection ends, is the business of the heirs.
/// </summary>
public abstract class FrameConnection : LoopTimer, IStreamCarrier
{
    private readonly StreamQueue _queue = new();
    private readonly FieldBlock _block = new();
    private readonly Action _onFlushed;
    private readonly int _creditOctets;
    private FlowWindow _sendWindow = new(Http2Settings.DefaultWindow);
    private FlowWindow _receiveWindow = new(Http2Settings.DefaultWindow);
    private ValueTaskAwaiter<WriteStatus> _flushing;
    private Http2Fault _pendingFault;
    private int _uncredited;
    private bool _isPrefaceDue;
    private bool _isFlushing;
    private bool _isReading;
    private bool _waitsForUrgent;

    /// <summary>A connection that has not begun.</summary>
    /// <param name="connection">What carries it.</param>
    /// <param name="isServer">Whether the peer is the client.</param>
    /// <param name="creditOctets">Content that is taken before the peer is told that it may send as much again.</param>
    protected FrameConnection(Connection connection, bool isServer, int creditOctets)
    {
        Connection = connection;
        Output = new FrameOutput(connection);
        HeardMs = connection.Loop.NowMs;
        _isPrefaceDue = isServer;
        _creditOctets = creditOctets;
        _onFlushed = OnFlushed;
    }

    /// <inheritdoc/>
    public Loop Loop => Connection.Loop;

    /// <inheritdoc/>
    public FrameOutput Output { get; }

    /// <inheritdoc/>
    public abstract bool IsGone { get; }

    /// <inheritdoc/>
    public bool HasQueue => !_queue.IsEmpty;

    /// <inheritdoc/>
    public int SendWindow => _sendWindow.Available;

    /// <summary>What carries the frames.</summary>
    protected Connection Connection { get; }

    /// <summary>Whether it is closed: nothing happens any more.</summary>
    protected bool IsClosed { get; set; }

    /// <summary>Whether the peer's SETTINGS came.</summary>
    protected bool HasSettings { get; set; }

    /// <summary>Whether output is on its way that the network has not taken.</summary>
    protected bool IsFlushing => _isFlushing;

    /// <summary>Whether input is there that waits for room, for memory or for the next turn.</summary>
    protected bool IsInputHeldUp => IsInputPaused || IsInputAgain;

    /// <summary>Whether a field block has begun and not ended.</summary>
    protected bool HasOpenBlock => _block.IsOpen;

    /// <summary>When the last octets came.</summary>
    protected long HeardMs { get; private set; }

    /// <summary>Octets of content that the peer may still send on the whole connection.</summary>
    protected int ReceiveWindow => _receiveWindow.Octets;

    /// <summary>How long the peer may take nothing of what is sent.</summary>
    protected abstract int WriteTimeoutMs { get; }

    /// <summary>The most octets of a field block before it is decoded.</summary>
    protected abstract int MostBlockOctets { get; }

    /// <summary>Whether the connection has done its share, and others come first.</summary>
    protected virtual bool IsShareDone => false;

    private bool IsInputPaused { get; set; }

    private bool IsInputAgain { get; set; }

    /// <inheritdoc/>
    public void Queue(StreamSender sender)
    {
        if (!sender.IsQueued)
        {
            _queue.Add(sender);
        }

        FlushLater();
    }

    /// <inheritdoc/>
    public void Unqueue(StreamSender sender) => _queue.Remove(sender);

    /// <inheritdoc/>
    public void TakeSendWindow(int octets) => _sendWindow.TryTake(octets);

    /// <inheritdoc/>
    public void FlushLater()
    {
        if (!IsClosed)
        {
            Loop.Schedule(this);
        }
    }

    /// <inheritdoc/>
    public void EnsureTick()
    {
        if (!IsArmed && !IsClosed)
        {
            Loop.Arm(this, StreamLimits.TickMs);
        }
    }

    /// <inheritdoc/>
    public void CreditConnection(int octets)
    {
        _uncredited += octets;
        if (_uncredited >= _creditOctets && !IsGone)
        {
            _receiveWindow.TryOpen(_uncredited);
            Output.WriteWindowUpdate(0, _uncredited);
            _uncredited = 0;
            FlushLater();
        }
    }

    /// <inheritdoc/>
    public void OpenStreamWindow(int streamId, int octets)
    {
        if (!IsGone)
        {
            Output.WriteWindowUpdate(streamId, octets);
            FlushLater();
        }
    }

    /// <inheritdoc/>
    public abstract bool TryTiny();

    /// <summary>Something came that nobody waited for: it is read, unless it has to wait.</summary>
    public void OnInput()
    {
        if (!IsInputHeldUp)
        {
            ReceiveInput();
        }
    }

    /// <summary>Says what this side asks of the peer, and opens the connection's window that far.</summary>
    protected void Greet(in Http2Settings own, bool isServer, int window)
    {
        Output.WriteSettings(own, isServer);
        Output.WriteWindowUpdate(0, window - Http2Settings.DefaultWindow);
        _receiveWindow.TryOpen(window - Http2Settings.DefaultWindow);
        FlushLater();
    }

    /// <summary>At the end of a turn: everything that gathered leaves, and what waited for room comes behind it.</summary>
    protected sealed override void OnReady()
    {
        if (IsClosed)
        {
            return;
        }

        long limit = Connection.TotalSent + StreamLimits.OctetsPerTurn;
        _waitsForUrgent = false;
        OnTurn();
        if (IsInputAgain)
        {
            IsInputAgain = false;
            ReceiveInput();
        }

        Pump();
        while (Output.HasOctets && !_isFlushing && !IsClosed)
        {
            if (Connection.TotalSent >= limit)
            {
                FlushLater();
                return;
            }

#pragma warning disable CA2012 // The result is read once, here or when it is there.
            _flushing = Connection.FlushAsync(WriteTimeoutMs).GetAwaiter();
#pragma warning restore CA2012
            if (!_flushing.IsCompleted)
            {
                _isFlushing = true;
                _flushing.UnsafeOnCompleted(_onFlushed);
                break;
            }

            if (!AfterFlush(_flushing.GetResult()))
            {
                return;
            }
        }

        if (!IsClosed && !_isFlushing)
        {
            OnFlushedOut();
        }
    }

    /// <summary>Input that waited for room or memory may go on: at the next turn.</summary>
    protected void RetryInput()
    {
        if (IsInputHeldUp || Connection.IsStarved)
        {
            IsInputAgain = true;
            IsInputPaused = false;
            FlushLater();
        }
    }

    /// <summary>Reads what is there.</summary>
    protected void ReceiveInput()
    {
        if (_isReading || IsClosed)
        {
            return;
        }

        _isReading = true;
        ReadUntilNothing();
        _isReading = false;
    }

    /// <summary>Counts content that came. False: more than the peer was allowed.</summary>
    protected bool TryTakeReceiveWindow(int octets) => _receiveWindow.TryTake(octets);

    /// <summary>Gives a field block on to <see cref="TakeBlock"/>, when it is whole.</summary>
    /// <param name="frame">HEADERS.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="fault">What its stream's state makes of it.</param>
    protected Http2Fault BeginBlock(in FrameHeader frame, ReadOnlySpan<byte> payload, Http2Fault fault)
    {
        Http2Fault wrapping = FrameRules.Unwrap(frame, ref payload);
        if (wrapping.IsSet && !wrapping.IsStream)
        {
            return wrapping;
        }

        // A stream error of the frame still leaves a block to decode: the table belongs to the connection.
        Http2Fault pending = fault.IsSet ? fault : wrapping;
        bool endsStream = frame.Has(FrameFlags.EndStream);
        if (frame.Has(FrameFlags.EndHeaders))
        {
            return TakeBlock(frame.StreamId, endsStream, payload, pending);
        }

        _pendingFault = pending;
        return _block.Begin(frame.StreamId, endsStream, payload, MostBlockOctets) ? default : EndlessBlock();
    }

    /// <summary>CONTINUATION.</summary>
    protected Http2Fault ContinueBlock(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        if (!_block.IsOpen)
        {
            return Http2Fault.Connection(Http2ErrorCode.ProtocolError, "CONTINUATION without a field block");
        }

        if (!_block.Continue(payload, MostBlockOctets))
        {
            return EndlessBlock();
        }

        if (!frame.Has(FrameFlags.EndHeaders))
        {
            return default;
        }

        Http2Fault fault = TakeBlock(_block.StreamId, _block.EndsStream, _block.Octets, _pendingFault);
        _block.End();
        _pendingFault = default;
        return fault;
    }

    /// <summary>WINDOW_UPDATE.</summary>
    protected Http2Fault OpenWindow(in FrameHeader frame, ReadOnlySpan<byte> payload)
    {
        int octets = (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & 0x7FFFFFFF);
        if (frame.StreamId == 0)
        {
            if (octets == 0)
            {
                return Http2Fault.Connection(Http2ErrorCode.ProtocolError, "a window opened by nothing");
            }

            FlushLater();
            return _sendWindow.TryOpen(octets)
                ? default
                : Http2Fault.Connection(Http2ErrorCode.FlowControlError, "a window becomes too large");
        }

        StreamSender? sender = FindSender(frame.StreamId, out StreamState state);
        Http2Fault fault = StreamRules.Receive(state, frame.Type);
        if (fault.IsSet || sender is null)
        {
            return fault;
        }

        // RFC 9113 section 6.9.
        return octets == 0 ? Http2Fault.Stream(Http2ErrorCode.ProtocolError, "a window opened by nothing")
            : sender.TryShiftWindow(octets) ? default : Http2Fault.Stream(Http2ErrorCode.FlowControlError, "a window becomes too large");
    }

    /// <summary>Puts one who waits where its priority belongs now.</summary>
    protected void Requeue(StreamSender sender)
    {
        if (sender.IsQueued)
        {
            _queue.Remove(sender);
            _queue.Add(sender);
        }
    }

    /// <summary>A block that cannot be decoded.</summary>
    protected static Http2Fault Undecodable() =>
        Http2Fault.Connection(Http2ErrorCode.CompressionError, "a field block that cannot be decoded");

    /// <summary>What a whole frame does that may come now.</summary>
    protected abstract Http2Fault Take(in FrameHeader frame, ReadOnlySpan<byte> payload);

    /// <summary>What a whole field block does.</summary>
    protected abstract Http2Fault TakeBlock(int streamId, bool endsStream, ReadOnlySpan<byte> block, Http2Fault pending);

    /// <summary>A field block that has no end.</summary>
    protected abstract Http2Fault EndlessBlock();

    /// <summary>The state of a stream, and who sends on it, if anybody does.</summary>
    protected abstract StreamSender? FindSender(int streamId, out StreamState state);

    /// <summary>The peer broke a rule of one stream.</summary>
    protected abstract void ResetFor(int streamId, Http2Fault fault);

    /// <summary>The peer broke a rule of the connection: says GOAWAY and ends.</summary>
    protected abstract void Finish(Http2Fault fault);

    /// <summary>The peer does not read the answers to its frames.</summary>
    protected virtual Http2Fault Overfull() => Http2Fault.Connection(Http2ErrorCode.EnhanceYourCalm, "answers are not read");

    /// <summary>The peer has ended its direction, or all.</summary>
    protected abstract void OnInputEnd();

    /// <summary>All frames that one read brought have been taken.</summary>
    protected virtual void OnFramesRead()
    {
    }

    /// <summary>Nothing more is there.</summary>
    protected virtual void OnInputRest()
    {
    }

    /// <summary>Input that comes behind the end.</summary>
    protected virtual void OnLateInput()
    {
    }

    /// <summary>Whether a frame, or what belongs to it, is there only in part.</summary>
    protected virtual void NotePartial(bool isPartial)
    {
    }

    /// <summary>A turn begins.</summary>
    protected virtual void OnTurn()
    {
    }

    /// <summary>Writing failed.</summary>
    protected abstract void OnWriteFailed(WriteStatus status);

    /// <summary>A turn has ended, and nothing is on its way that was not taken.</summary>
    protected abstract void OnFlushedOut();

    private void OnFlushed()
    {
        _isFlushing = false;
        WriteStatus status = _flushing.GetResult();
        _flushing = default;
        if (IsClosed)
        {
            return;
        }

        AfterFlush(status);
        FlushLater();
    }

    private bool AfterFlush(WriteStatus status)
    {
        if (status != WriteStatus.Done)
        {
            OnWriteFailed(status);
            return false;
        }

        Output.MoveBacklog();
        if (IsInputPaused)
        {
            IsInputPaused = false;
            ReceiveInput();
        }

        Pump();
        return true;
    }

    /// <summary>Serves those that wait, most urgent first, as far as there is room.</summary>
    private void Pump()
    {
        while (_queue.First is { } sender && !IsGone && !_isFlushing && !_waitsForUrgent)
        {
            switch (sender.Advance())
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
                case WriteProgress.Gone:
                    _queue.Remove(sender);
                    sender.FinishGone();
                    break;
                default:
                    return;
            }
        }
    }

    private void ReadUntilNothing()
    {
        if (IsGone)
        {
            OnLateInput();
            return;
        }

        long limit = Connection.TotalReceived + StreamLimits.OctetsPerTurn;
        while (!IsGone)
        {
            bool mayGoOn = ReadFrames();
            OnFramesRead();
            if (!mayGoOn)
            {
                return;
            }

            if (Connection.TotalReceived >= limit || IsShareDone)
            {
                IsInputAgain = true;
                FlushLater();
                return;
            }

            switch (Connection.TryRead())
            {
                case ReadStatus.Data:
                    HeardMs = Loop.NowMs;
                    break;
                case ReadStatus.Pending:
                    OnInputRest();
                    return;
                case ReadStatus.Full:
                    // No memory for a larger buffer: the tick tries again.
                    IsInputPaused = true;
                    EnsureTick();
                    return;
                default:
                    OnInputEnd();
                    return;
            }
        }
    }

    /// <summary>Reads every whole frame that is there. False: input pauses until there is room to answer, or the connection ends.</summary>
    private bool ReadFrames()
    {
        while (true)
        {
            ReadOnlySpan<byte> received = Connection.Received;
            if (_isPrefaceDue)
            {
                if (!Preface.MayBe(received))
                {
                    // RFC 9113 section 3.4.
                    Finish(Http2Fault.Connection(Http2ErrorCode.ProtocolError, "no preface"));
                    return false;
                }

                if (received.Length < Preface.Octets.Length)
                {
                    return true;
                }

                _isPrefaceDue = false;
                Connection.Consume(Preface.Octets.Length);
                continue;
            }

            if (received.Length < FrameHeader.Octets)
            {
                NotePartial(received.Length > 0 || _block.IsOpen || !HasSettings);
                return true;
            }

            if (!Output.HasRoomForControl)
            {
                IsInputPaused = true;
                FlushLater();
                return false;
            }

            FrameHeader frame = FrameHeader.Read(received);
            Http2Fault fault = FrameRules.CheckNext(frame, HasSettings, _block);
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

            if (fault.IsSet && !IsGone)
            {
                Answer(frame, fault);
            }

            if (IsGone)
            {
                return false;
            }

            Connection.Consume(FrameHeader.Octets + frame.Length);
            if (Output.IsOverfull)
            {
                Finish(Overfull());
                return false;
            }

            if (IsShareDone)
            {
                return true;
            }
        }
    }

    private void Answer(in FrameHeader frame, Http2Fault fault)
    {
        if (fault.IsStream)
        {
            ResetFor(frame.StreamId, fault);
        }
        else
        {
            Finish(fault);
        }
    }
}
