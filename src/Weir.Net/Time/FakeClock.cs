namespace Weir.Net.Time;

/// <summary>A clock that stands still until a test moves it.</summary>
public sealed class FakeClock : LoopClock
{
    private long _ns = 1_000_000_000;

    /// <inheritdoc/>
    public override long MonotonicNs => _ns;

    /// <inheritdoc/>
    public override long UnixMs => 1_763_715_600_000 + (_ns / 1_000_000);

    /// <summary>Moves time forward.</summary>
    public void Advance(int ms) => _ns += ms * 1_000_000L;
}
