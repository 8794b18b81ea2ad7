using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Telemetry.AccessLogs;

/// <summary>
/// The access log: one buffer for each loop, and one thread that writes what the buffers hand over. Lines of one loop stay in order;
/// blocks of whole lines from several loops follow each other.
/// </summary>
public sealed class AccessLogWriter
{
    /// <summary>64 KiB blocks that each loop may fill before lines are lost: at 500 octets a line, some 2,000 lines of backlog.</summary>
    public const int DefaultBlocksPerLoop = 16;

    private readonly AccessLogPump _pump;
    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _mustStop;
    private volatile bool _mustReopen;

    private AccessLogWriter(AccessLogPump pump, TimeProvider time)
    {
        _pump = pump;
        _time = time;
        _startTimestamp = time.GetTimestamp();
    }

    /// <summary>Starts the thread. The target belongs to the writer from now on.</summary>
    public static AccessLogWriter Start(
        IAccessLogTarget target, CounterSet counters, WeirLog log, int blocksPerLoop = DefaultBlocksPerLoop, TimeProvider? time = null)
    {
        AccessLogWriter writer = new(new AccessLogPump(target, counters, log, blocksPerLoop), time ?? TimeProvider.System);
        new Thread(writer.Run) { Name = "weir-access-log", IsBackground = true }.Start();
        return writer;
    }

    /// <summary>The buffer of a loop; only that loop may use it.</summary>
    public AccessLogBuffer BufferOf(int loop) => _pump.Buffers[loop];

    /// <summary>Any thread: opens the file anew, between two blocks (SIGUSR1, after a rotation).</summary>
    public void Reopen()
    {
        _mustReopen = true;
        _pump.Wake();
    }

    /// <summary>
    /// Writes what the loops have handed over (they called <see cref="AccessLogBuffer.Flush"/>, or it was called for them after they
    /// ended), closes the target and ends the thread. False when the target did not take it in time; the thread is then abandoned.
    /// </summary>
    public async Task<bool> FlushAndStopAsync(TimeSpan within)
    {
        _mustStop = true;
        _pump.Wake();
        try
        {
            await _stopped.Task.WaitAsync(within, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Run()
    {
        while (!_mustStop)
        {
            if (_mustReopen)
            {
                _mustReopen = false;
                _pump.Reopen(NowMs());
            }

            _pump.Drain(NowMs());
            _pump.Sleep(MustStayAwake);
        }

        _pump.Finish(NowMs());
        _pump.Dispose();
        _stopped.SetResult();
    }

    private bool MustStayAwake() => _mustStop || _mustReopen;

    private long NowMs() => (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;
}
