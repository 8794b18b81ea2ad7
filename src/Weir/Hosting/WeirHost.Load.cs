using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Machine;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Shedding;

namespace Weir.Hosting;

/// <summary>What there is to do, and what is turned away when it is too much.</summary>
public sealed partial class WeirHost
{
    private const int NsPerMs = 1_000_000;

    private readonly Overload _overload = new();
    private OverloadWatch? _loadWatch;
    private Task _watchingLoad = Task.CompletedTask;

    /// <summary>How loaded it was at the last look; null before it serves.</summary>
    internal OverloadWatch? LoadWatch => _loadWatch;

    // On a thread of the pool: it goes on while a loop is stuck, and may ask the system.
    private async Task WatchLoadAsync()
    {
        _loadWatch = new OverloadWatch(_overload, Counters, _log, ProxyErrors.Overloaded.Index);
        long memoryOctets = MachineLimits.MemoryOctets;
        using ProcessMemory memory = new();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(OverloadWatch.PeriodMs));
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                OverloadSample sample = Sample((double)memory.Octets / memoryOctets);
                _loadWatch.Look(sample, OverloadPolicy.Of(_config.Limits.Overload), TimeProvider.System.GetUtcNow());
            }
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private OverloadSample Sample(double processShare)
    {
        // The loops' numbers of a moment: nothing is decided by one sample's being a buffer off.
        long rented = 0;
        foreach (Loop loop in _loops.Loops)
        {
            rented += (long)loop.SmallBuffers.RentedCount * Loop.SmallBufferOctets;
            rented += (long)loop.LargeBuffers.RentedCount * Loop.LargeBufferOctets;
        }

        double share = Math.Max((double)rented / Math.Max(_budget.LimitOctets, 1), processShare);
        long nowMs = LoopClock.System.MonotonicNs / NsPerMs;
        long queueMs = 0;
        foreach (UpstreamState upstream in Plan.Upstreams.Values)
        {
            queueMs = Math.Max(queueMs, upstream.Queue.LongestWaitMs(nowMs));
        }

        return new OverloadSample(share, _observer.Lag.TakeMs(OverloadWatch.PeriodMs), queueMs);
    }
}
