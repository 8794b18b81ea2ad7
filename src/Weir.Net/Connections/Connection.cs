// Hot: every octet passes here.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Net.Loops;

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
/// <para>
/// Here is what is read and written; what the loop tells and who waits for it is in Connection.Waiting.cs; what a kind of connection has to
/// bring is in Connection.Transport.cs; TLS between the two is in Connection.Tls.cs.
/// </para>
/// </remarks>
public abstract partial class Connection : Pollable
{
    /// <summary>For calls without a deadline of their own: the caller arms one elsewhere.</summary>
    public const int NoTimeout = int.MaxValue;

    // The most that one system call may move: see Libc.
    private const int MaxSendOctets = 64 * 1024;

    // What is copied behind what gathered to leave in one send; more is gathered by writev instead.
    private const int CopyOctets = 4096;

    private InputBuffer _input;
    private OutputQueue _output;
    private Failure _failure;
    private bool _isReadable = true;
    private bool _isPeerClosing;
    private bool _isEnded;
    private bool _isClosed;
    private bool _isWriteBroken;

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
        get => _input.Octets;
    }

    /// <summary>As <see cref="Received"/>, for decoders that move octets together in place.</summary>
    public Span<byte> ReceivedForChange => _input.Octets;

    /// <summary>How many octets <see cref="Received"/> holds.</summary>
    public int ReceivedCount => _input.Count;

    /// <summary>Octets received so far.</summary>
    public long TotalReceived { get; private set; }

    /// <summary>Octets sent so far.</summary>
    public long TotalSent { get; private set; }

    /// <summary>Octets that gathered for sending and were not handed to the kernel yet.</summary>
    public int OutputCount => _output.GatheredCount;

    /// <summary>Whether the connection was closed on this side.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether it failed, or was given up.</summary>
    public bool HasFailed => _failure != Failure.None || _isWriteBroken;

    /// <summary>Whether the peer has ended its direction, as far as is known without reading.</summary>
    public bool IsPeerClosing => _isPeerClosing || _isEnded;

    /// <summary>Whether there may be octets or an end that nobody has read yet.</summary>
    public bool MayHaveInput => _isReadable || ReceivedCount > 0;

    /// <summary>
    /// Whether the next read rents a large buffer: for bodies that stream. Reset to false when the body is over.
    /// </summary>
    public bool WantsLargeBuffer { get; set; }

    /// <summary>A slice of <see cref="Received"/>; valid as long as nobody reads or consumes.</summary>
    public NativeSlice ReceivedSlice(int offset, int length) => _input.Slice(offset, length);

    /// <summary>Gives octets up; once all are, the buffer goes back to the pool.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consume(int count) => _input.Consume(Loop, count);

    /// <summary>
    /// Waits for more octets than there are. Completes at once when the kernel has some. One read at a time.
    /// </summary>
    /// <param name="timeoutMs">How long to wait for the first of them; <see cref="NoTimeout"/> waits without end.</param>
    public ValueTask<ReadStatus> ReadAsync(int timeoutMs)
    {
        Loop.AssertCurrent();
        Debug.Assert(_read.IsFree, "One read at a time.");
        if (_failure != Failure.None)
        {
            return new(_failure == Failure.Reset ? ReadStatus.Reset : ReadStatus.Aborted);
        }

        if (_isReadable)
        {
            ReadStatus status = Fill();
            if (status != ReadStatus.Pending)
            {
                return new(status);
            }
        }

        return WaitForInput(timeoutMs);
    }

    /// <summary>What can be read at this moment, without waiting; <see cref="ReadStatus.Pending"/>: nothing.</summary>
    public ReadStatus TryRead()
    {
        Debug.Assert(_read.IsFree, "One read at a time.");
        _isIdleWatched = false;
        return _isReadable ? Fill() : ReadStatus.Pending;
    }

    /// <summary>
    /// Room for octets that leave with the next flush or write. Empty when there is no memory, or when what gathered already leaves too
    /// little room: flush first.
    /// </summary>
    public Span<byte> OutputSpace(int atLeast) => _output.Space(Loop, atLeast);

    /// <summary>Claims the first octets of what <see cref="OutputSpace"/> returned.</summary>
    public void CommitOutput(int count) => _output.Commit(count);

    /// <summary>
    /// As <see cref="CommitOutput"/>, for writers that say -1 when their target is too small. False: nothing was claimed.
    /// </summary>
    public bool TryCommitOutput(int count)
    {
        if (count < 0)
        {
            return false;
        }

        _output.Commit(count);
        return true;
    }

    /// <summary>Gives an output buffer back in which nothing has gathered, so that the next one can be larger.</summary>
    public void ReleaseEmptyOutput()
    {
        if (OutputCount == 0 && !_write.IsWaiting)
        {
            _output.Release(Loop);
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
        Debug.Assert(_write.IsFree, "One write at a time.");
        if (_failure != Failure.None || _isWriteBroken)
        {
            _output.Release(Loop);
            return new(_failure == Failure.Aborted ? WriteStatus.Aborted : WriteStatus.Reset);
        }

        if (slice.Length is > 0 and <= CopyOctets && tail.IsEmpty && OutputCount > 0
            && OutputSpace(slice.Length) is { IsEmpty: false } space)
        {
            slice.Span.CopyTo(space);
            _output.Commit(slice.Length);
            slice = default;
        }

        _output.Lend(slice, tail);
        WriteStatus status = Send();
        return status != WriteStatus.Pending ? new(status) : WaitForOutput(timeoutMs);
    }

    /// <summary>
    /// As <see cref="WriteAsync"/>, with a few octets before the slice that the caller keeps no longer than this call: the head of a frame,
    /// the size of a chunk.
    /// </summary>
    /// <param name="head">At most <see cref="FrameHead.MaxOctets"/>.</param>
    /// <param name="slice">Octets of the caller.</param>
    /// <param name="tail">A few octets more.</param>
    /// <param name="timeoutMs">How long the peer may take no octet at all.</param>
    public ValueTask<WriteStatus> WriteFramedAsync(ReadOnlySpan<byte> head, NativeSlice slice, NativeSlice tail, int timeoutMs)
    {
        Span<byte> space = OutputSpace(head.Length);
        if (space.IsEmpty)
        {
            return WriteFramedSlowAsync(new FrameHead(head), slice, tail, timeoutMs);
        }

        head.CopyTo(space);
        _output.Commit(head.Length);
        return WriteAsync(slice, tail, timeoutMs);
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

        _failure = Failure.Aborted;
        EndWaits();
    }

    /// <summary>Says that nothing more will be sent; the peer sees the end of the stream.</summary>
    public void ShutdownWrite()
    {
        if (_isClosed || _failure != Failure.None)
        {
            return;
        }

        if (_tls is null)
        {
            ShutdownCore();
            return;
        }

        _tls.Shutdown();
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
        _input.Release(Loop);
        _output.Release(Loop);
        _tls?.Close(isQuiet: reset || _failure == Failure.Reset);
        CloseCore(reset);
        EndWaits();
    }

    /// <summary>
    /// Looks whether the peer has closed or sent something, with a system call where that is not known: for requests that must not be
    /// sent on a dead connection (RFC 9110 section 9.2.2).
    /// </summary>
    public bool IsKnownOpen() =>
        !_isClosed && _failure == Failure.None && !_isPeerClosing && !_isEnded && ReceivedCount == 0
        && (_tls is null ? PeekCore() : !HasContentOrEnd());

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<WriteStatus> WriteFramedSlowAsync(FrameHead head, NativeSlice slice, NativeSlice tail, int timeoutMs)
    {
        // What gathered before left no room.
        WriteStatus status = await FlushAsync(timeoutMs);
        if (status != WriteStatus.Done)
        {
            return status;
        }

        return OutputSpace(head.Length).IsEmpty ? WriteStatus.NoMemory : await WriteFramedAsync(head.Octets, slice, tail, timeoutMs);
    }

    private ReadStatus Fill()
    {
        if (_isEnded)
        {
            return ReadStatus.End;
        }

        if (_tls is { IsHandshaking: true })
        {
            return Handshake();
        }

        if (!_input.TryMakeRoom(Loop, WantsLargeBuffer))
        {
            return ReceivedCount > 0 ? ReadStatus.Full : Starve();
        }

        int free = _input.FreeCount;
        int count = Receive(_input.FreeAddress, free);
        if (count > 0)
        {
            _isReadable = _tls is null ? count == free || _isPeerClosing : _tls.MayHaveMore;

            _input.Add(count);
            _idleUntilMs = long.MaxValue;
            TotalReceived += count;
            return ReadStatus.Data;
        }

        _input.ReleaseIfEmpty(Loop);
        if (count == NothingNow)
        {
            _isReadable = false;
            return ReadStatus.Pending;
        }

        if (count == 0)
        {
            _isEnded = true;
            return ReadStatus.End;
        }

        _failure = Failure.Reset;
        return ReadStatus.Reset;
    }

    private WriteStatus Send()
    {
        while (!_output.IsEmpty)
        {
            int count = SendOnce();
            if (count == NothingNow)
            {
                _output.ReleaseBufferIfEmpty(Loop);
                return WriteStatus.Pending;
            }

            if (count < 0)
            {
                // Only this direction: an answer that the peer sent before it reset may still be there to read.
                _isWriteBroken = true;
                _output.Release(Loop);
                return WriteStatus.Reset;
            }

            TotalSent += count;
            _output.Advance(count);
        }

        _output.Release(Loop);
        return _tls is null ? WriteStatus.Done : SendRest(_tls);
    }

    private int SendOnce()
    {
        NativeSlice gathered = _output.Gathered;
        if (!_output.HasLent)
        {
            return SendOne(gathered);
        }

        NativeSlice lent = _output.Lent;
        NativeSlice tail = _output.Tail;
        if (gathered.Length + tail.Length == 0)
        {
            return SendOne(lent);
        }

        int first = Math.Min(gathered.Length, MaxSendOctets);
        int second = Math.Min(lent.Length, MaxSendOctets - first);
        int third = second == lent.Length ? Math.Min(tail.Length, MaxSendOctets - first - second) : 0;
        return _tls is null
            ? SendGatheredCore(gathered.Take(first), lent.Take(second), tail.Take(third))
            : _tls.SendGathered(gathered.Take(first), lent.Take(second), tail.Take(third));
    }
}
