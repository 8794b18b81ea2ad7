// Hot: counts each request that a limit on trial would refuse.
using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.RateLimit;

/// <summary>Counts what a limit on trial would have refused, and tells the operator every ten seconds at most. Atomic, shared by all loops.</summary>
internal sealed class DryRunTally
{
    private const long IntervalMs = 10_000;

    private readonly ModuleLog _log;
    private long _count;
    private long _nextMs;

    public DryRunTally(ModuleLog log) => _log = log;

    /// <summary>Counts a request.</summary>
    public void Add(IpAddress client, long nowMs)
    {
        long count = Interlocked.Increment(ref _count);
        long nextMs = Volatile.Read(ref _nextMs);
        if (nowMs >= nextMs && Interlocked.CompareExchange(ref _nextMs, nowMs + IntervalMs, nextMs) == nextMs)
        {
            _log.Note(string.Create(CultureInfo.InvariantCulture, $"dry_run: {count} requests would have been refused so far, the last one of {client}."));
        }
    }
}
