// Hot: counts each request that a limit refuses, or would refuse.
using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Limiting;

/// <summary>Counts what a limit refuses, and tells the operator every ten seconds at most. Atomic, shared by all loops.</summary>
internal sealed class RefusalTally
{
    private const long IntervalMs = 10_000;

    private readonly ModuleLog _log;
    private readonly string _before;
    private readonly string _behind;
    private long _count;
    private long _nextMs;

    /// <param name="log">Where it is told.</param>
    /// <param name="before">What stands before the number.</param>
    /// <param name="behind">What stands behind it.</param>
    public RefusalTally(ModuleLog log, string before, string behind)
    {
        _log = log;
        _before = before;
        _behind = behind;
    }

    /// <summary>Counts a request.</summary>
    public void Add(IpAddress client, long nowMs)
    {
        long count = Interlocked.Increment(ref _count);
        long nextMs = Volatile.Read(ref _nextMs);
        if (nowMs >= nextMs && Interlocked.CompareExchange(ref _nextMs, nowMs + IntervalMs, nextMs) == nextMs)
        {
            _log.Note(string.Create(CultureInfo.InvariantCulture, $"{_before}{count}{_behind}, the last one of {client}."));
        }
    }
}
