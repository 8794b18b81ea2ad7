namespace Weir.Tests.AutomaticHttps;

/// <summary>A clock whose time of day a test sets. Timers and durations are the machine's own.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
