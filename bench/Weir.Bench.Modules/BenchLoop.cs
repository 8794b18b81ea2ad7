using System.Diagnostics;
using Weir.Abstractions.Exchanges;

namespace Weir.Bench.Modules;

/// <summary>A loop that only knows the time, read once per round as a loop reads it once per batch.</summary>
internal sealed class BenchLoop : LoopServices
{
    private long _nowMs;

    public override int Index => 0;

    public override long NowMs => _nowMs;

    public override long NowNs => _nowMs * 1_000_000;

    public override long UnixMs => _nowMs;

    public override ReadOnlySpan<byte> DateValue => default;

    public void ReadTime() => _nowMs = (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds;

    public override ulong NextRandom() => 4;

    public override ValueTask YieldAsync() => default;

    public override void Observe(ValueTask rootTask)
    {
    }

    public override ValueTask DelayAsync(int delayMs) => default;
}
