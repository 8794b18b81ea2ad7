using Weir.Abstractions.Options;

namespace Weir.Modules.Maintenance;

/// <summary>What must work before visitors come in again.</summary>
public sealed record VerifyOptions
{
    [Option("The path that is asked for, through the modules below and the routes.", IsShorthand = true, IsRequired = true, Example = "/healthz")]
    public string Path { get; init; } = "";

    [Option("The host that is asked for.", Default = "the site's first one; localhost where it has only *", Example = "www.example.com")]
    public string? Host { get; init; }

    [Option("The lowest status of a good answer.", Min = "100", Max = "599")]
    public int StatusFrom { get; init; } = 200;

    [Option("The highest status of a good answer.", Min = "100", Max = "599")]
    public int StatusTo { get; init; } = 399;

    [Option("How long an answer may take.", Min = "10ms", Max = "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    [Option("The least time between two questions.", Min = "100ms", Max = "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    [Option("Good answers in a row.", Min = "1", Max = "100")]
    public int Rise { get; init; } = 2;
}
