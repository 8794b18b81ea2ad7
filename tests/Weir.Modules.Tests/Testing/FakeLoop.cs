using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tests.Testing;

/// <summary>A loop whose time stands still.</summary>
internal sealed class FakeLoop : LoopServices
{
    public override int Index => 0;

    public override long NowMs => 1000;

    public override long NowNs => 1_000_000_000;

    public override long UnixMs => 1_700_000_000_123;

    public override ReadOnlySpan<byte> DateValue => "Tue, 14 Nov 2023 22:13:20 GMT"u8;

    public override ulong NextRandom() => 4;

    public override ValueTask YieldAsync() => default;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override ValueTask DelayAsync(int delayMs) => default;

    public override LoopBuffer? TryRentBuffer(int atLeastOctets) => null;

    public override void ReturnBuffer(LoopBuffer buffer)
    {
    }
}
