using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tests.Testing;

/// <summary>A loop whose time stands still until a test says otherwise.</summary>
internal sealed class FakeLoop : LoopServices
{
    private long _passedMs;
    private ulong _random = 4;

    public override int Index => 0;

    public override long NowMs => 1000 + _passedMs;

    public override long NowNs => NowMs * 1_000_000;

    public override long UnixMs => 1_700_000_000_123 + _passedMs;

    public override ReadOnlySpan<byte> DateValue => "Tue, 14 Nov 2023 22:13:20 GMT"u8;

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time) => _passedMs += (long)time.TotalMilliseconds;

    public override ulong NextRandom() => _random++;

    public override ValueTask YieldAsync() => default;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override ValueTask DelayAsync(int delayMs) => default;

    public override LoopBuffer? TryRentBuffer(int atLeastOctets) => null;

    public override void ReturnBuffer(LoopBuffer buffer)
    {
    }
}
