using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Tests.AccessLogging;

/// <summary>A loop whose clock the test sets.</summary>
internal sealed class FixedLoop : LoopServices
{
    public long Unix { get; set; } = 1_795_252_471_123;

    public long Now { get; set; } = 1000;

    public override int Index => 0;

    public override long NowMs => Now;

    public override long NowNs => Now * 1_000_000;

    public override long UnixMs => Unix;

    public override ReadOnlySpan<byte> DateValue => "Sat, 21 Nov 2026 09:14:31 GMT"u8;

    public override ulong NextRandom() => 4;

    public override ValueTask YieldAsync() => ValueTask.CompletedTask;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override ValueTask DelayAsync(int delayMs) => ValueTask.CompletedTask;

    public override LoopBuffer? TryRentBuffer(int atLeastOctets) => null;

    public override void ReturnBuffer(LoopBuffer buffer)
    {
    }
}
