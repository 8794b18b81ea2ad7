using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Requests that ask a server whether it is well.</summary>
public sealed record ActiveHealthConfig
{
    [Option("The path that is asked for.")]
    [Syntax(Syntax.Path)]
    public string Path { get; init; } = "/";

    [Option("The time between two questions.", Min = "100ms", Max = "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    [Option("How long an answer may take.", Min = "10ms", Max = "1h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    [Option("Good answers in a row that make a server healthy.", Min = "1", Max = "100")]
    public int Rise { get; init; } = 2;

    [Option("Bad answers in a row that make it unhealthy.", Min = "1", Max = "100")]
    public int Fall { get; init; } = 3;

    [Option("What a good answer is.")]
    public HealthExpectConfig Expect { get; init; } = new();
}
