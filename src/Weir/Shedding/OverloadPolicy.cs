using Weir.Config.Model;

namespace Weir.Shedding;

/// <summary>limits.overload: from when on there is too much to do. Immutable.</summary>
/// <param name="MemoryShare">Of limits.memory, or of the machine's or control group's memory: 0 to 1.</param>
/// <param name="LagMs">How long an event waits for its loop.</param>
/// <param name="QueueMs">How long the first of those that wait for a server waits.</param>
/// <param name="IsOff">Whether nothing is ever turned away.</param>
internal sealed record OverloadPolicy(double MemoryShare, long LagMs, long QueueMs, bool IsOff)
{
    public static OverloadPolicy Of(OverloadConfig config) =>
        new(config.Memory.Fraction, (long)config.Lag.TotalMilliseconds, (long)config.Queue.TotalMilliseconds, config.IsOff);
}
