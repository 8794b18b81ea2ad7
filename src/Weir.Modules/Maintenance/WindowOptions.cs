using Weir.Abstractions.Options;

namespace Weir.Modules.Maintenance;

/// <summary>A time in which the site is closed.</summary>
public sealed record WindowOptions
{
    [Option("When it begins: date, time and offset (RFC 3339).", IsRequired = true, Example = "\"2026-12-06T02:00:00+01:00\"")]
    public string From { get; init; } = "";

    [Option("How long it lasts.", IsRequired = true, Min = "1s", Max = "30d", Example = "2h")]
    public TimeSpan For { get; init; }

    [Option("How often it comes back. A repeated window keeps its offset from UTC all year.")]
    public RepeatInterval Repeat { get; init; } = RepeatInterval.None;
}
