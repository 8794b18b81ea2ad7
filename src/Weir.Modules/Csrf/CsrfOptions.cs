using Weir.Abstractions.Options;

namespace Weir.Modules.Csrf;

/// <summary>Options of `csrf`.</summary>
public sealed record CsrfOptions
{
    [Option("Other origins whose pages may send such requests: exact, or with * for labels in front.", IsShorthand = true, Example = "[\"https://app.example.com\"]")]
    public IReadOnlyList<string> Origins { get; init; } = [];

    [Option("Whether a request that says nothing of where it comes from is refused: programs say nothing, browsers do.")]
    public bool Strict { get; init; }

    [Option("The status of a refusal.", Min = "400", Max = "599")]
    public int Status { get; init; } = 403;

    [Option("Whether nothing is refused: what would have been is counted, in /metrics.")]
    public bool DryRun { get; init; }
}
