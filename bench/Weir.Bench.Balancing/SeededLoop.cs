using Weir.Abstractions.Exchanges;

namespace Weir.Bench.Balancing;

/// <summary>A loop whose lots are the same in every run, and whose clock stands still until it is moved.</summary>
internal sealed class SeededLoop : LoopServices
{
    private ulong _state = 20261121;

    public long Now { get; set; } = 1_000;

    public override int Index => 0;

    public override long NowMs => Now;

    public override long NowNs => Now * 1_000_000;

    public override long UnixMs => 0;

    public override ReadOnlySpan<byte> DateValue => default;

    public override ulong NextRandom()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    public override ValueTask YieldAsync() => ValueTask.CompletedTask;

    public override void Observe(ValueTask rootTask) => rootTask.GetAwaiter().GetResult();

    public override ValueTask DelayAsync(int delayMs) => ValueTask.CompletedTask;
}
