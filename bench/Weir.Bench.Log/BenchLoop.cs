using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Bench.Log;

/// <summary>A loop with a clock and nothing else.</summary>
internal sealed class BenchLoop : LoopServices
{
    public long Now { get; set; } = 1;

    public override int Index => 0;

    public override long NowMs => Now;

    public override long NowNs => Now * 1_000_000;

    public override long UnixMs => 1_795_252_471_000 + Now;

    public override ReadOnlySpan<byte> DateValue => default;

    public override ulong NextRandom() => 0;

    public override ValueTask YieldAsync() => ValueTask.CompletedTask;

    public override ValueTask DelayAsync(int delayMs) => ValueTask.CompletedTask;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override LoopBuffer? TryRentBuffer(int atLeastOctets) => null;

    public override void ReturnBuffer(LoopBuffer buffer)
    {
    }
}
