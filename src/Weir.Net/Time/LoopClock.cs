namespace Weir.Net.Time;

/// <summary>Where a loop's time comes from. Read once per batch of events.</summary>
public abstract class LoopClock
{
    /// <summary>The machine's clocks.</summary>
    public static LoopClock System { get; } = new SystemClock();

    /// <summary>Monotonic nanoseconds.</summary>
    public abstract long MonotonicNs { get; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public abstract long UnixMs { get; }
}
