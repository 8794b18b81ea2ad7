using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>A loop whose clock the test sets and whose lots are the same in every run.</summary>
internal sealed class SteadyLoop : LoopServices
{
    private ulong _state;

    public SteadyLoop(ulong seed, int index = 0)
    {
        _state = seed;
        Index = index;
    }

    public long Now { get; set; } = 1_000;

    public override int Index { get; }

    public override long NowMs => Now;

    public override long NowNs => Now * 1_000_000;

    public override long UnixMs => 1_795_252_471_123;

    public override ReadOnlySpan<byte> DateValue => "Sat, 21 Nov 2026 09:14:31 GMT"u8;

    public override ulong NextRandom()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }

    public override ValueTask YieldAsync() => ValueTask.CompletedTask;

    public override void Observe(ValueTask task) => throw new InvalidOperationException("Nothing runs on this loop.");

    public override ValueTask DelayAsync(int delayMs) => ValueTask.CompletedTask;
}
