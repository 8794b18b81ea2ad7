using System.Diagnostics;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Telemetry.AccessLogs;

/// <summary>
/// Carries blocks from the loops' buffers to the target. Everything but <see cref="Wake"/> and <see cref="NoteDropped"/> belongs to one
/// thread. When the target fails, the block in hand is kept and tried again each second from the octet where it stopped, so no line is
/// torn; meanwhile the loops run out of blocks and count what they lose.
/// </summary>
internal sealed class AccessLogPump : IDisposable
{
    internal const int RetryMs = 1000;

    private const int SayDroppedMs = 10_000;
    private const int MaxBlocksAtOnce = 64;

    private readonly IAccessLogTarget _target;
    private readonly CounterSet _counters;
    private readonly WeirLog _log;
    private readonly AccessLogBuffer[] _buffers;
    private readonly AutoResetEvent _wake = new(initialState: false);

    private LogBlock? _pending;
    private AccessLogBuffer? _pendingOwner;
    private int _pendingOffset;
    private int _nextBuffer;
    private bool _isFailing;
    private long _retryAtMs;
    private long _nextSayDroppedMs = long.MinValue;
    private int _isAsleep;
    private volatile bool _wasDropped;

    internal AccessLogPump(IAccessLogTarget target, CounterSet counters, WeirLog log, int blocksPerLoop)
    {
        _target = target;
        _counters = counters;
        _log = log;
        _buffers = new AccessLogBuffer[counters.LoopCount];
        for (int i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = new AccessLogBuffer(this, counters.OfLoop(i), blocksPerLoop);
        }
    }

    /// <summary>The buffer of each loop.</summary>
    internal IReadOnlyList<AccessLogBuffer> Buffers => _buffers;

    /// <summary>Any thread: says that there is a block. Costs a system call only when the writer sleeps.</summary>
    internal void Wake()
    {
        // The block was published before this fence, and the writer looks for blocks behind its own: one of both sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0)
        {
            try
            {
                _wake.Set();
            }
            catch (ObjectDisposedException)
            {
                // The writer stopped between the two lines above: nobody is left to wake.
            }
        }
    }

    /// <summary>Any thread: says that a line was lost.</summary>
    internal void NoteDropped() => _wasDropped = true;

    /// <summary>
    /// Sleeps until <see cref="Wake"/>, or a second has passed, unless <paramref name="mustStayAwake"/> or a block says otherwise.
    /// </summary>
    internal void Sleep(Func<bool> mustStayAwake)
    {
        Interlocked.Exchange(ref _isAsleep, 1);
        if (!mustStayAwake() && (_isFailing || !HasBlocks()))
        {
            _wake.WaitOne(RetryMs);
        }

        Volatile.Write(ref _isAsleep, 0);
    }

    /// <summary>
    /// Writes the blocks that are there, but so many that a request to stop or reopen is not kept waiting by a flood of lines. Nothing is
    /// written when the target failed less than a second ago.
    /// </summary>
    internal void Drain(long nowMs)
    {
        SayDropped(nowMs);
        if (_isFailing && nowMs < _retryAtMs)
        {
            return;
        }

        for (int i = 0; i < MaxBlocksAtOnce && (_pending is not null || TakeNext()); i++)
        {
            if (!WritePending(nowMs))
            {
                return;
            }
        }
    }

    /// <summary>Opens the target anew (log rotation).</summary>
    internal void Reopen(long nowMs)
    {
        if (_target.Reopen() is { } reason)
        {
            _log.Write(OperatorEvents.AccessLogReopenFailed, _target.Name, reason);
            return;
        }

        // A line whose beginning got into the old file before that failed is written whole into the new one.
        if (_pending is { } block)
        {
            _pendingOffset = block.Bytes.AsSpan(0, _pendingOffset).LastIndexOf((byte)'\n') + 1;
        }

        _retryAtMs = nowMs;
        _log.Write(OperatorEvents.AccessLogReopened, _target.Name);
    }

    /// <summary>
    /// At the end: writes what is left, trying the target once more even if it failed; what cannot be written is counted as lost.
    /// </summary>
    internal void Finish(long nowMs)
    {
        while ((_pending is not null || TakeNext()) && WritePending(nowMs))
        {
            // Each round writes one block.
        }

        while (_pending is not null || TakeNext())
        {
            LogBlock block = _pending!;
            _counters.Shared.Add(Counter.AccessLogLinesDropped,
                block.Bytes.AsSpan(_pendingOffset, block.Length - _pendingOffset).Count((byte)'\n'));
            GiveBack(block);
        }
    }

    public void Dispose()
    {
        _target.Dispose();
        _wake.Dispose();
    }

    private bool HasBlocks()
    {
        foreach (AccessLogBuffer buffer in _buffers)
        {
            if (!buffer.Full.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    // In turn, so that a loop that logs faster than the target writes does not shut the others out.
    private bool TakeNext()
    {
        for (int i = 0; i < _buffers.Length; i++)
        {
            _nextBuffer = (_nextBuffer + 1) % _buffers.Length;
            AccessLogBuffer buffer = _buffers[_nextBuffer];
            if (buffer.Full.Take() is { } block)
            {
                _pending = block;
                _pendingOwner = buffer;
                _pendingOffset = 0;
                return true;
            }
        }

        return false;
    }

    private bool WritePending(long nowMs)
    {
        LogBlock block = _pending!;
        while (_pendingOffset < block.Length)
        {
            int written = _target.Write(block.Bytes.AsSpan(_pendingOffset, block.Length - _pendingOffset), out string? error);
            if (written <= 0)
            {
                Fail(nowMs, error);
                return false;
            }

            _pendingOffset += written;
        }

        GiveBack(block);
        if (_isFailing)
        {
            _isFailing = false;
            _log.Write(OperatorEvents.AccessLogRecovered, _target.Name, _counters.Total(Counter.AccessLogLinesDropped));
        }

        return true;
    }

    private void GiveBack(LogBlock block)
    {
        block.Length = 0;
        _pending = null;
        _pendingOffset = 0;
        Debug.Assert(_pendingOwner is not null, "A block in hand has an owner.");
        _pendingOwner.Free.Add(block);
    }

    private void Fail(long nowMs, string? error)
    {
        _isFailing = true;
        _retryAtMs = nowMs + RetryMs;
        _counters.Shared.Add(Counter.AccessLogWriteErrors);
        _log.Write(OperatorEvents.AccessLogFailed, _target.Name, error);
    }

    private void SayDropped(long nowMs)
    {
        if (!_wasDropped || _isFailing || nowMs < _nextSayDroppedMs)
        {
            return;
        }

        _wasDropped = false;
        _nextSayDroppedMs = nowMs + SayDroppedMs;
        _log.Write(OperatorEvents.AccessLogSlow, _target.Name, _counters.Total(Counter.AccessLogLinesDropped));
    }
}
