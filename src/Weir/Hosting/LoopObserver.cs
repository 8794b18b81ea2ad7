// Hot: called once for every batch of events.
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.AccessLogging;
using Weir.Shedding;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream.Resolving;

namespace Weir.Hosting;

/// <summary>What is done beside the events of each loop: counting turns, handing over log lines, reading gauges once a second.</summary>
internal sealed class LoopObserver : ILoopObserver
{
    private const long VerySlowNs = 100_000_000;

    private readonly CounterSet _counters;
    private readonly WeirLog _log;
    private readonly LoopAccessLog?[] _accessLogs;
    private readonly Housekeeping?[] _housekeeping;
    private readonly DnsCounters _dns;

    public LoopObserver(CounterSet counters, WeirLog log, LoopAccessLog?[] accessLogs, DnsCounters dns)
    {
        _dns = dns;
        _counters = counters;
        _log = log;
        _accessLogs = accessLogs;
        _housekeeping = new Housekeeping?[counters.LoopCount];
        Lag = new LoopLag(counters.LoopCount);
    }

    /// <summary>Whether there is too much to do.</summary>
    public Overload Overload { get; init; } = new();

    /// <summary>How long events wait for their loop.</summary>
    public LoopLag Lag { get; }

    /// <summary>Starts what happens on a timer; on the loop.</summary>
    public void Start(Loop loop)
    {
        _housekeeping[loop.Index] = new Housekeeping(loop, _counters.OfLoop(loop.Index), loop.Index == 0 ? _dns : null, Overload);
        _housekeeping[loop.Index]!.Start();
    }

    public void OnBatchEnd(int loop, long nowMs)
    {
        _counters.OfLoop(loop).Add(Counter.LoopTurns);
        if (_accessLogs[loop] is not { } log || log.DueMs == long.MaxValue)
        {
            return;
        }

        log.Tick(nowMs);
        _housekeeping[loop]?.WakeFor(log.DueMs, nowMs);
    }

    public void OnSlowTurn(int loop, long tookNs, string? modules)
    {
        LoopCounters counters = _counters.OfLoop(loop);
        Lag.Note(loop, tookNs);
        counters.Add(Counter.SlowTurns10Ms);
        if (tookNs >= VerySlowNs)
        {
            counters.Add(Counter.SlowTurns100Ms);
            _log.Write(OperatorEvents.SlowTurn, loop, tookNs / 1_000_000, modules is null ? "an event" : $"module {modules}");
        }
    }

    public void OnFailure(int loop, Exception exception)
    {
        _counters.OfLoop(loop).Add(Counter.LoopExceptions);
        _log.Write(OperatorEvents.LoopThrew, loop, exception.ToString());
    }

    /// <summary>Wakes a loop that has nothing else to do.</summary>
    private sealed class Housekeeping : LoopTimer
    {
        private const int PeriodMs = 1_000;

        private readonly Loop _loop;
        private readonly LoopCounters _counters;
        private readonly DnsCounters? _dns;
        private readonly Overload _overload;

        public Housekeeping(Loop loop, LoopCounters counters, DnsCounters? dns, Overload overload)
        {
            _overload = overload;
            _loop = loop;
            _counters = counters;
            _dns = dns;
        }

        public void Start() => _loop.Arm(this, PeriodMs);

        public void WakeFor(long dueMs, long nowMs)
        {
            if (!IsArmed || DueMs > dueMs)
            {
                _loop.Arm(this, Math.Max(dueMs - nowMs, 1));
            }
        }

        protected override void OnDue()
        {
            _counters.Set(Counter.BuffersInUse, _loop.SmallBuffers.RentedCount + _loop.LargeBuffers.RentedCount);
            _counters.Set(Counter.BufferSlabs, _loop.SmallBuffers.SlabCount + _loop.LargeBuffers.SlabCount);
            if (_dns is { } dns)
            {
                // What is the whole process's is shown by one loop.
                _counters.Set(Counter.OverloadLevel, (long)_overload.Level);
                _counters.Set(Counter.DnsQueries, dns.Queries);
                _counters.Set(Counter.DnsFailures, dns.Failures + dns.Denials);
            }

            _loop.Arm(this, PeriodMs);
        }

        protected override void OnReady()
        {
        }
    }
}
