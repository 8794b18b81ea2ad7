// Hot: every event of a socket passes here.
using System.Threading.Tasks.Sources;
using Weir.Net.Sockets;

namespace Weir.Net.Connections;

/// <summary>What the loop tells a connection, who waits for it, and for how long.</summary>
public abstract partial class Connection : IValueTaskSource<ReadStatus>, IValueTaskSource<WriteStatus>
{
    private const int StarvedRetryMs = 20;

    private Wait<ReadStatus> _read;
    private Wait<WriteStatus> _write;
    private int _writeTimeoutMs;
    private long _progressFrom;
    private long _idleUntilMs = long.MaxValue;
    private bool _isConnecting;
    private bool _isStarved;
    private bool _isIdleWatched;

    /// <summary>Whether a read waits for memory (limits.memory is spent), not for the peer.</summary>
    public bool IsStarved => _isStarved;

    /// <summary>
    /// Octets that the peer has to take within the time-out of a write, so that it begins anew: one that takes an octet now and then would
    /// hold memory for ever.
    /// </summary>
    public long LeastProgressOctets { get; set; } = 1;

    private long TakenOctets => TotalSent + (_tls?.RecordOctets ?? 0);

    /// <summary>
    /// Lets the connection lie idle: the observer is told when something arrives or the time is over. Unlike a read it holds no frame. What
    /// arrives and brings no content, such as a part of a TLS record, does not begin the time anew.
    /// </summary>
    public void WatchIdle(int timeoutMs)
    {
        _isIdleWatched = true;
        _read.DeadlineMs = Math.Min(Loop.NowMs + timeoutMs, _idleUntilMs);
        EnsureTimer(_read.DeadlineMs);
    }

    /// <summary>Lets a waiting read last no longer than this from now on; without one nothing happens.</summary>
    public void LimitRead(int timeoutMs)
    {
        if (_read.IsWaiting && _read.DeadlineMs > Loop.NowMs + timeoutMs)
        {
            _read.DeadlineMs = Loop.NowMs + timeoutMs;
            EnsureTimer(_read.DeadlineMs);
        }
    }

    /// <summary>Ends a waiting read with <see cref="ReadStatus.TimedOut"/>, in a turn of its own; the connection stays usable.</summary>
    public void CancelRead()
    {
        if (_read.IsWaiting)
        {
            EndReadLater(ReadStatus.TimedOut);
        }
    }

    ReadStatus IValueTaskSource<ReadStatus>.GetResult(short token) => _read.Take(token);

    ValueTaskSourceStatus IValueTaskSource<ReadStatus>.GetStatus(short token) => _read.SourceStatus;

    void IValueTaskSource<ReadStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state);

    WriteStatus IValueTaskSource<WriteStatus>.GetResult(short token) => _write.Take(token);

    ValueTaskSourceStatus IValueTaskSource<WriteStatus>.GetStatus(short token) => _write.SourceStatus;

    void IValueTaskSource<WriteStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state);

    /// <inheritdoc/>
    protected internal override void OnEvents(uint events)
    {
        if ((events & (Libc.EpollPeerClosed | Libc.EpollHangUp | Libc.EpollError)) != 0)
        {
            // Data and the end that arrive together make one event: from now on a short read proves nothing.
            _isPeerClosing = true;
        }

        if (_tls is not null)
        {
            OnTransportEvents(_tls, (events & ~Libc.EpollOut) != 0, (events & ~(Libc.EpollIn | Libc.EpollPeerClosed)) != 0);
        }

        if ((events & (Libc.EpollOut | Libc.EpollHangUp | Libc.EpollError)) != 0 && _write.IsWaiting)
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
            if (_read.IsWaiting || _isIdleWatched)
            {
                OnReadable(0);
            }
        }

        if (_read.IsWaiting && nowMs >= _read.DeadlineMs)
        {
            EndReadLater(ReadStatus.TimedOut);
        }

        if (_write.IsWaiting && nowMs >= _write.DeadlineMs)
        {
            EndWriteLater(WriteStatus.TimedOut);
        }

        if (_isIdleWatched && nowMs >= _read.DeadlineMs)
        {
            _isIdleWatched = false;
            _idleUntilMs = long.MaxValue;
            Observer?.OnIdleTimeout(this);
        }

        if (!_isClosed)
        {
            EnsureTimer(Math.Min(
                _read.IsWaiting || _isIdleWatched ? _read.DeadlineMs : long.MaxValue,
                _write.IsWaiting ? _write.DeadlineMs : long.MaxValue));
        }
    }

    /// <inheritdoc/>
    protected internal override void OnReady()
    {
        _read.Continue();
        _write.Continue();
    }

    /// <summary>Waits for a pending connect. <see cref="WriteStatus.Done"/>: connected.</summary>
    protected ValueTask<WriteStatus> WaitConnectedAsync(int timeoutMs)
    {
        _isConnecting = true;
        return WaitForOutput(timeoutMs);
    }

    private ValueTask<ReadStatus> WaitForInput(int timeoutMs)
    {
        _read.Begin(timeoutMs == NoTimeout ? long.MaxValue : Loop.NowMs + timeoutMs);
        EnsureTimer(_read.DeadlineMs);
        return new(this, _read.Version);
    }

    private ValueTask<WriteStatus> WaitForOutput(int timeoutMs)
    {
        _writeTimeoutMs = timeoutMs;
        _progressFrom = TakenOctets;
        _write.Begin(timeoutMs == NoTimeout ? long.MaxValue : Loop.NowMs + timeoutMs);
        EnsureTimer(_write.DeadlineMs);
        return new(this, _write.Version);
    }

    private void OnReadable(uint events)
    {
        if (_read.IsWaiting)
        {
            ReadStatus status = Fill();
            if (status != ReadStatus.Pending)
            {
                _read.End(status);
                _read.Continue();
            }

            return;
        }

        bool isGone = (events & (Libc.EpollError | Libc.EpollHangUp)) != 0;
        if (!isGone && _tls is { IsServer: false } && !HasContentOrEnd())
        {
            return;
        }

        if (_isIdleWatched)
        {
            _isIdleWatched = false;
            _idleUntilMs = _read.DeadlineMs;
        }

        if (Observer is not { } observer)
        {
            return;
        }

        if (isGone)
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
            EndWrite(ConnectErrorCore() == 0 ? WriteStatus.Done : WriteStatus.Reset);
            return;
        }

        WriteStatus status = Send();
        if (status != WriteStatus.Pending)
        {
            EndWrite(status);
        }
        else if (_writeTimeoutMs != NoTimeout && TakenOctets - _progressFrom >= LeastProgressOctets)
        {
            _progressFrom = TakenOctets;
            _write.DeadlineMs = Loop.NowMs + _writeTimeoutMs;
        }
    }

    private ReadStatus Starve()
    {
        // limits.memory is spent: reading pauses, the peer's window closes, and the loop looks again soon.
        _isStarved = true;
        EnsureTimer(Loop.NowMs + StarvedRetryMs);
        return ReadStatus.Pending;
    }

    private void EndWrite(WriteStatus status)
    {
        _write.End(status);
        _write.Continue();
    }

    private void EndWaits()
    {
        if (_read.IsWaiting)
        {
            EndReadLater(ReadStatus.Aborted);
        }

        if (_write.IsWaiting)
        {
            EndWriteLater(WriteStatus.Aborted);
        }
    }

    private void EndReadLater(ReadStatus status)
    {
        _read.End(status);
        Loop.Schedule(this);
    }

    private void EndWriteLater(WriteStatus status)
    {
        _write.End(status);
        _isConnecting = false;
        _output.EndLending();
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
}
