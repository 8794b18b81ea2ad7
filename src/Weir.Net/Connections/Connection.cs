// Hot: every octet passes here. See docs/decisions/0005-connection-writes.md for why there is no general output queue.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Net.Sockets;

namespace Weir.Net.Connections;

/// <summary>
/// A byte stream on a loop: a socket, later TLS over one, or memory in tests. At most one read and one write wait at a time, each with a
/// deadline; neither blocks the other. An idle connection holds no buffer.
/// </summary>
/// <remarks>
/// Reading: octets gather in <see cref="Received"/> until somebody consumes them; nothing is read while nobody asks, which is the
/// back-pressure. Writing: small pieces gather in an output buffer (<see cref="OutputSpace"/>), large ones are lent
/// (<see cref="WriteAsync"/>) and leave together with what gathered before them, in one system call. A lent slice stays with its owner
/// until the task completes, so a slow reader costs the one buffer its producer fills.
/// </remarks>
public abstract unsafe class Connection : Pollable, IValueTaskSource<ReadStatus>, IValueTaskSource<WriteStatus>
{
    /// <summary>For calls without a deadline of their own: the caller arms one elsewhere.</summary>
    public const int NoTimeout = int.MaxValue;

    // The most that one system call may move: see Libc.
    private const int MaxSendOctets = 64 * 1024;
    private const int StarvedRetryMs = 20;

    private NativeBuffer? _input;
    private int _start;
    private int _end;
    private NativeBuffer? _output;
    private int _outputStart;
    private int _outputEnd;
    private NativeSlice _slice;
    private NativeSlice _tail;

    private Action<object?>? _readContinuation;
    private object? _readState;
    private Action<object?>? _writeContinuation;
    private object? _writeState;
    private long _readDeadlineMs;
    private long _writeDeadlineMs;
    private int _writeTimeoutMs;
    private short _readVersion;
    private short _writeVersion;
    private ReadStatus _readStatus;
    private WriteStatus _writeStatus;
    private Failure _failure;
    private bool _isReadWaiting;
    private bool _isReadDone;
    private bool _isWriteWaiting;
    private bool _isWriteDone;
    private bool _isConnecting;
    private bool _isStarved;
    private bool _isReadable = true;
    private bool _isPeerClosing;
    private bool _isEnded;
    private bool _isClosed;
    private bool _wantsLargeBuffer;
    private bool _isWriteBroken;
    private bool _isIdleWatched;

    /// <summary>A connection on that loop.</summary>
    protected Connection(Loop loop) => Loop = loop;

    private enum Failure : byte
    {
        None,
        Reset,
        Aborted,
    }

    /// <summary>The loop that owns the connection.</summary>
    public Loop Loop { get; }

    /// <summary>Is told what happens while nobody reads.</summary>
    public IConnectionObserver? Observer { get; set; }

    /// <summary>Octets received and not yet consumed; valid until the next read or consume.</summary>
    public ReadOnlySpan<byte> Received
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _input is null ? default : _input.Span(_start, _end - _start);
    }

    /// <summary>As <see cref="Received"/>, for decoders that move octets together in place.</summary>
    public Span<byte> ReceivedForChange => _input is null ? default : _input.Span(_start, _end - _start);

    /// <summary>How many octets <see cref="Received"/> holds.</summary>
    public int ReceivedCount => _end - _start;

    /// <summary>Octets received so far.</summary>
    public long TotalReceived { get; private set; }

    /// <summary>Octets sent so far.</summary>
    public long TotalSent { get; private set; }

    /// <summary>Octets that gathered for sending and were not handed to the kernel yet.</summary>
    public int OutputCount => _outputEnd - _outputStart;

    /// <summary>Whether the connection was closed on this side.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether a read waits for memory (limits.memory is spent), not for the peer.</summary>
    public bool IsStarved => _isStarved;

    /// <summary>Whether it failed, or was given up.</summary>
    public bool HasFailed => _failure != Failure.None || _isWriteBroken;

    /// <summary>Whether the peer has ended its direction, as far as is known without reading.</summary>
    public bool IsPeerClosing => _isPeerClosing || _isEnded;

    /// <summary>Whether there may be octets or an end that nobody has read yet.</summary>
    public bool MayHaveInput => _isReadable || ReceivedCount > 0;

    /// <summary>
    /// Whether the next read rents a large buffer: for bodies that stream. Reset to false when the body is over.
    /// </summary>
    public bool WantsLargeBuffer
    {
        get => _wantsLargeBuffer;
        set => _wantsLargeBuffer = value;
    }

    /// <summary>A slice of <see cref="Received"/>; valid as long as nobody reads or consumes.</summary>
    public NativeSlice ReceivedSlice(int offset, int length)
    {
        Debug.Assert(offset >= 0 && length >= 0 && offset + length <= ReceivedCount, "A slice lies within what was received.");
        return length == 0 ? default : new NativeSlice(_input!.Address + _start + offset, length);
    }

    /// <summary>Gives octets up; once all are, the buffer goes back to the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consume(int count)
    {
        Debug.Assert(count <= ReceivedCount, "Only what was received can be consumed.");
        _start += count;
        if (_start == _end)
        {
            ReleaseInput();
        }
    }

    /// <summary>
    /// Waits for more octets than there are. Completes at once when the kernel has some. One read at a time.
    /// </summary>
    /// <param name="timeoutMs">How long to wait for the first of them; <see cref="NoTimeout"/> waits without end.</param>
    public ValueTask<ReadStatus> ReadAsync(int timeoutMs)
    {
        Loop.AssertCurrent();
        Debug.Assert(!_isReadWaiting && !_isReadDone, "One read at a time.");
        if (_failure != Failure.None)
        {
            return new(FailedRead());
        }

        if (_isReadable)
        {
            ReadStatus status = Fill();
            if (status != ReadStatus.Pending)
            {
                return new(status);
            }
        }

        _isReadWaiting = true;
        _readDeadlineMs = timeoutMs == NoTimeout ? long.MaxValue : Loop.NowMs + timeoutMs;
        EnsureTimer(_readDeadlineMs);
        return new(this, _readVersion);
    }

    /// <summary>What can be read at this moment, without waiting; <see cref="ReadStatus.Pending"/>: nothing.</summary>
    public ReadStatus TryRead()
    {
        Debug.Assert(!_isReadWaiting && !_isReadDone, "One read at a time.");
        _isIdleWatched = false;
        if (_failure != Failure.None)
        {
            return FailedRead();
        }

        return _isReadable ? Fill() : ReadStatus.Pending;
    }

    /// <summary>
    /// Lets the connection lie idle: the observer is told when something arrives or the time is over. Unlike a read it holds no frame.
    /// </summary>
    public void WatchIdle(int timeoutMs)
    {
        _isIdleWatched = true;
        _readDeadlineMs = Loop.NowMs + timeoutMs;
        EnsureTimer(_readDeadlineMs);
    }

    /// <summary>Ends a waiting read with <see cref="ReadStatus.TimedOut"/>, in a turn of its own; the connection stays usable.</summary>
    public void CancelRead()
    {
        if (_isReadWaiting)
        {
            FinishReadLater(ReadStatus.TimedOut);
        }
    }

    /// <summary>
    /// Room for octets that leave with the next flush or write. Empty when there is no memory, or when what gathered already leaves too
    /// little room: flush first.
    /// </summary>
    public Span<byte> OutputSpace(int atLeast)
    {
        if (_output is null)
        {
            _output = atLeast <= Loop.SmallBufferOctets ? Loop.SmallBuffers.TryRent() : Loop.LargeBuffers.TryRent();
            _outputStart = 0;
            _outputEnd = 0;
            if (_output is null)
            {
                return default;
            }
        }

        int free = _output.Capacity - _outputEnd;
        return free < atLeast ? default : _output.Span(_outputEnd, free);
    }

    /// <summary>Claims the first octets of what <see cref="OutputSpace"/> returned.</summary>
    public void CommitOutput(int count) => _outputEnd += count;

    /// <summary>Gives an output buffer back in which nothing has gathered, so that the next one can be larger.</summary>
    public void ReleaseEmptyOutput()
    {
        if (OutputCount == 0 && !_isWriteWaiting)
        {
            ReleaseOutput();
        }
    }

    /// <summary>Sends what has gathered. One flush or write at a time.</summary>
    public ValueTask<WriteStatus> FlushAsync(int timeoutMs) => WriteAsync(default, default, timeoutMs);

    /// <summary>
    /// Sends what has gathered, then the slice, then the tail, in as few system calls as the kernel allows. Both stay lent until the task
    /// completes. One flush or write at a time.
    /// </summary>
    /// <param name="slice">Octets of the caller.</param>
    /// <param name="tail">A few octets more, such as the end of a chunk.</param>
    /// <param name="timeoutMs">How long the peer may take no octet at all.</param>
    public ValueTask<WriteStatus> WriteAsync(NativeSlice slice, NativeSlice tail, int timeoutMs)
    {
        Loop.AssertCurrent();
        Debug.Assert(!_isWriteWaiting && !_isWriteDone, "One write at a time.");
        if (_failure != Failure.None || _isWriteBroken)
        {
            ReleaseOutput();
            return new(_failure == Failure.Aborted ? WriteStatus.Aborted : WriteStatus.Reset);
        }

        _slice = slice;
        _tail = tail;
        WriteStatus status = Send();
        if (status != WriteStatus.Pending)
        {
            return new(status);
        }

        _isWriteWaiting = true;
        _writeTimeoutMs = timeoutMs;
        _writeDeadlineMs = timeoutMs == NoTimeout ? long.MaxValue : Loop.NowMs + timeoutMs;
        EnsureTimer(_writeDeadlineMs);
        return new(this, _writeVersion);
    }

    /// <summary>
    /// Gives the connection up: a waiting read and write end with Aborted, each in a turn of its own, and so does every later one. The
    /// owner still closes it.
    /// </summary>
    public void Abort()
    {
        if (_failure != Failure.None || _isClosed)
        {
            return;
        }

        Fail(Failure.Aborted);
        if (_isReadWaiting)
        {
            FinishReadLater(ReadStatus.Aborted);
        }

        if (_isWriteWaiting)
        {
            FinishWriteLater(WriteStatus.Aborted);
        }
    }

    /// <summary>Says that nothing more will be sent; the peer sees the end of the stream.</summary>
    public void ShutdownWrite()
    {
        if (!_isClosed && _failure == Failure.None)
        {
            ShutdownCore();
        }
    }

    /// <summary>Closes. Nothing may wait any more. With <paramref name="reset"/> the peer sees a reset, not an end.</summary>
    public void Close(bool reset = false)
    {
        Loop.AssertCurrent();
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        if (_failure == Failure.None)
        {
            _failure = Failure.Aborted;
        }

        Observer = null;
        Loop.Disarm(this);
        _start = _end;
        ReleaseInput();
        ReleaseOutput();
        CloseCore(reset);
        if (_isReadWaiting)
        {
            FinishReadLater(ReadStatus.Aborted);
        }

        if (_isWriteWaiting)
        {
            FinishWriteLater(WriteStatus.Aborted);
        }
    }

    /// <summary>
    /// Looks whether the peer has closed or sent something, with a system call where that is not known: for requests that must not be
    /// sent on a dead connection (RFC 9110 section 9.2.2).
    /// </summary>
    public bool IsKnownOpen() => !_isClosed && _failure == Failure.None && !_isPeerClosing && !_isEnded && ReceivedCount == 0 && PeekCore();

    ReadStatus IValueTaskSource<ReadStatus>.GetResult(short token)
    {
        Debug.Assert(token == _readVersion && _isReadDone, "A read is awaited once.");
        _readVersion++;
        _isReadDone = false;
        return _readStatus;
    }

    ValueTaskSourceStatus IValueTaskSource<ReadStatus>.GetStatus(short token) =>
        _isReadDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<ReadStatus>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _readState = state;
        _readContinuation = continuation;
    }

    WriteStatus IValueTaskSource<WriteStatus>.GetResult(short token)
    {
        Debug.Assert(token == _writeVersion && _isWriteDone, "A write is awaited once.");
        _writeVersion++;
        _isWriteDone = false;
        return _writeStatus;
    }

    ValueTaskSourceStatus IValueTaskSource<WriteStatus>.GetStatus(short token) =>
        _isWriteDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<WriteStatus>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _writeState = state;
        _writeContinuation = continuation;
    }

    /// <inheritdoc/>
    protected internal override void OnEvents(uint events)
    {
        if ((events & (Libc.EpollPeerClosed | Libc.EpollHangUp | Libc.EpollError)) != 0)
        {
            // Data and the end that arrive together make one event: from now on a short read proves nothing.
            _isPeerClosing = true;
        }

        if ((events & (Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError)) != 0 && _isWriteWaiting)
        {
            OnWritable();
        }

        if ((events & (Libc.EpollIn | Libc.EpollPeerClosed | Libc.EpollHangUp | Libc.EpollError)) != 0 && !_isClosed)
        {
            _isReadable = true;
            OnReadable(events);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnDue()
    {
        long nowMs = Loop.NowMs;
        if (_isStarved)
        {
            _isStarved = false;
            if (_isReadWaiting || _isIdleWatched)
            {
                OnReadable(0);
            }
        }

        if (_isReadWaiting && nowMs >= _readDeadlineMs)
        {
            FinishReadLater(ReadStatus.TimedOut);
        }

        if (_isWriteWaiting && nowMs >= _writeDeadlineMs)
        {
            FinishWriteLater(WriteStatus.TimedOut);
        }

        if (_isIdleWatched && nowMs >= _readDeadlineMs)
        {
            _isIdleWatched = false;
            Observer?.OnIdleTimeout(this);
        }

        long nextMs = Math.Min(_isReadWaiting || _isIdleWatched ? _readDeadlineMs : long.MaxValue, _isWriteWaiting ? _writeDeadlineMs : long.MaxValue);
        if (!_isClosed)
        {
            EnsureTimer(nextMs);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnReady()
    {
        if (_isReadDone && _readContinuation is { } readContinuation)
        {
            object? state = _readState;
            _readContinuation = null;
            _readState = null;
            readContinuation(state);
        }

        if (_isWriteDone && _writeContinuation is { } writeContinuation)
        {
            object? state = _writeState;
            _writeContinuation = null;
            _writeState = null;
            writeContinuation(state);
        }
    }

    /// <summary>Octets read, 0 at the end of the stream, -1 when there is nothing now, -2 when the connection failed.</summary>
    protected abstract int ReceiveCore(byte* target, int length);

    /// <summary>Octets taken, -1 when the kernel takes nothing now, -2 when the connection failed.</summary>
    protected abstract int SendCore(byte* source, int length);

    /// <summary>As <see cref="SendCore"/>, for up to three pieces; some may be empty.</summary>
    protected abstract int SendGatheredCore(NativeSlice first, NativeSlice second, NativeSlice third);

    /// <summary>Ends the sending direction.</summary>
    protected abstract void ShutdownCore();

    /// <summary>Frees the descriptor.</summary>
    protected abstract void CloseCore(bool reset);

    /// <summary>Whether the peer has neither closed nor sent anything.</summary>
    protected abstract bool PeekCore();

    /// <summary>0 when a pending connect succeeded, else its error number.</summary>
    protected virtual int ConnectErrorCore() => 0;

    /// <summary>Waits for a pending connect. <see cref="WriteStatus.Done"/>: connected.</summary>
    protected ValueTask<WriteStatus> WaitConnectedAsync(int timeoutMs)
    {
        _isConnecting = true;
        _isWriteWaiting = true;
        _writeTimeoutMs = timeoutMs;
        _writeDeadlineMs = Loop.NowMs + timeoutMs;
        EnsureTimer(_writeDeadlineMs);
        return new(this, _writeVersion);
    }

    private void OnReadable(uint events)
    {
        if (_isReadWaiting)
        {
            ReadStatus status = Fill();
            if (status != ReadStatus.Pending)
            {
                FinishRead(status);
            }

            return;
        }

        _isIdleWatched = false;
        if (Observer is not { } observer)
        {
            return;
        }

        if ((events & (Libc.EpollError | Libc.EpollHangUp)) != 0)
        {
            observer.OnGone(this);
        }
        else
        {
            observer.OnUnaskedInput(this);
        }
    }

    private void OnWritable()
    {
        if (_isConnecting)
        {
            _isConnecting = false;
            FinishWrite(ConnectErrorCore() == 0 ? WriteStatus.Done : WriteStatus.Reset);
            return;
        }

        long before = TotalSent;
        WriteStatus status = Send();
        if (status != WriteStatus.Pending)
        {
            FinishWrite(status);
        }
        else if (TotalSent != before && _writeTimeoutMs != NoTimeout)
        {
            _writeDeadlineMs = Loop.NowMs + _writeTimeoutMs;
        }
    }

    private ReadStatus Fill()
    {
        if (_isEnded)
        {
            return ReadStatus.End;
        }

        if (!EnsureInput())
        {
            return ReceivedCount > 0 ? ReadStatus.Full : Starve();
        }

        NativeBuffer input = _input!;
        int free = input.Capacity - _end;
        int count = ReceiveCore((byte*)input.Address + _end, free);
        if (count > 0)
        {
            if (count < free && !_isPeerClosing)
            {
                _isReadable = false;
            }

            _end += count;
            TotalReceived += count;
            return ReadStatus.Data;
        }

        if (_start == _end)
        {
            ReleaseInput();
        }

        if (count == -1)
        {
            _isReadable = false;
            return ReadStatus.Pending;
        }

        if (count == 0)
        {
            _isEnded = true;
            return ReadStatus.End;
        }

        Fail(Failure.Reset);
        return ReadStatus.Reset;
    }

    private bool EnsureInput()
    {
        if (_input is null)
        {
            _start = 0;
            _end = 0;
            _input = (_wantsLargeBuffer ? Loop.LargeBuffers.TryRent() : null) ?? Loop.SmallBuffers.TryRent();
            return _input is not null;
        }

        if (_end < _input.Capacity)
        {
            return true;
        }

        if (_start > 0)
        {
            int count = _end - _start;
            _input.Span(_start, count).CopyTo(_input.Span(0, count));
            _start = 0;
            _end = count;
            return true;
        }

        return TryGrowInput();
    }

    private bool TryGrowInput()
    {
        if (_input!.Capacity == Loop.LargeBufferOctets || Loop.LargeBuffers.TryRent() is not { } larger)
        {
            return false;
        }

        int count = _end;
        _input.Span(0, count).CopyTo(larger.Span(0, count));
        Return(_input);
        _input = larger;
        return true;
    }

    private ReadStatus Starve()
    {
        // limits.memory is spent: reading pauses, the peer's window closes, and the loop looks again soon.
        _isStarved = true;
        EnsureTimer(Loop.NowMs + StarvedRetryMs);
        return ReadStatus.Pending;
    }

    private WriteStatus Send()
    {
        while (true)
        {
            int gathered = _outputEnd - _outputStart;
            int sliceLength = _slice.Length;
            int tailLength = _tail.Length;
            int count;
            if (gathered + sliceLength + tailLength == 0)
            {
                ReleaseOutput();
                return WriteStatus.Done;
            }

            if (sliceLength + tailLength == 0)
            {
                count = SendCore((byte*)_output!.Address + _outputStart, Math.Min(gathered, MaxSendOctets));
            }
            else if (gathered + tailLength == 0)
            {
                count = SendCore((byte*)_slice.Address, Math.Min(sliceLength, MaxSendOctets));
            }
            else
            {
                count = SendGathered(gathered);
            }

            if (count == -1)
            {
                if (_outputStart == _outputEnd)
                {
                    // Only lent octets wait: a slow reader costs their buffer, not this one too.
                    ReleaseOutputBuffer();
                }

                return WriteStatus.Pending;
            }

            if (count < 0)
            {
                // Only this direction: an answer that the peer sent before it reset may still be there to read.
                _isWriteBroken = true;
                ReleaseOutput();
                return WriteStatus.Reset;
            }

            TotalSent += count;
            Advance(count);
        }
    }

    private int SendGathered(int gathered)
    {
        int first = Math.Min(gathered, MaxSendOctets);
        int second = Math.Min(_slice.Length, MaxSendOctets - first);
        int third = second == _slice.Length ? Math.Min(_tail.Length, MaxSendOctets - first - second) : 0;
        NativeSlice output = first == 0 ? default : new NativeSlice(_output!.Address + _outputStart, first);
        return SendGatheredCore(output, _slice.Take(second), _tail.Take(third));
    }

    private void Advance(int count)
    {
        int fromOutput = Math.Min(count, _outputEnd - _outputStart);
        _outputStart += fromOutput;
        count -= fromOutput;
        int fromSlice = Math.Min(count, _slice.Length);
        _slice = _slice.From(fromSlice);
        count -= fromSlice;
        _tail = _tail.From(count);
    }

    private void FinishRead(ReadStatus status)
    {
        _isReadWaiting = false;
        _isReadDone = true;
        _readStatus = status;
        Action<object?>? continuation = _readContinuation;
        if (continuation is null)
        {
            return;
        }

        object? state = _readState;
        _readContinuation = null;
        _readState = null;
        continuation(state);
    }

    private void FinishWrite(WriteStatus status)
    {
        _isWriteWaiting = false;
        _isWriteDone = true;
        _writeStatus = status;
        Action<object?>? continuation = _writeContinuation;
        if (continuation is null)
        {
            return;
        }

        object? state = _writeState;
        _writeContinuation = null;
        _writeState = null;
        continuation(state);
    }

    private void FinishReadLater(ReadStatus status)
    {
        _isReadWaiting = false;
        _isReadDone = true;
        _readStatus = status;
        Loop.Schedule(this);
    }

    private void FinishWriteLater(WriteStatus status)
    {
        _isWriteWaiting = false;
        _isWriteDone = true;
        _writeStatus = status;
        _isConnecting = false;
        _slice = default;
        _tail = default;
        Loop.Schedule(this);
    }

    private void EnsureTimer(long deadlineMs)
    {
        // Lazily: a timer that fires too early looks at the deadlines and arms itself again, so a deadline that only moves away costs
        // nothing.
        if (deadlineMs != long.MaxValue && (!IsArmed || DueMs > deadlineMs))
        {
            Loop.Arm(this, deadlineMs - Loop.NowMs);
        }
    }

    private void Fail(Failure failure) => _failure = failure;

    private ReadStatus FailedRead() => _failure == Failure.Reset ? ReadStatus.Reset : ReadStatus.Aborted;

    private void ReleaseInput()
    {
        _start = 0;
        _end = 0;
        if (_input is { } input)
        {
            _input = null;
            Return(input);
        }
    }

    private void ReleaseOutput()
    {
        _slice = default;
        _tail = default;
        ReleaseOutputBuffer();
    }

    private void ReleaseOutputBuffer()
    {
        _outputStart = 0;
        _outputEnd = 0;
        if (_output is { } output)
        {
            _output = null;
            Return(output);
        }
    }

    private void Return(NativeBuffer buffer)
    {
        BufferPool pool = buffer.Capacity == Loop.SmallBufferOctets ? Loop.SmallBuffers : Loop.LargeBuffers;
        pool.Return(buffer, Loop.NowMs);
    }
}
