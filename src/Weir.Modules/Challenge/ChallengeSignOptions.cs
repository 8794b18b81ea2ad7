using Weir.Abstractions.Options;

namespace Weir.Modules.Challenge;

/// <summary>Something that makes a client more suspicious, or less.</summary>
public sealed record ChallengeSignOptions
{
    [Option("The expression.", IsRequired = true, Example = "request.version == \"HTTP/1.0\"")]
    public string When { get; init; } = "";

    [Option("What it adds to the score where it is true; below 0 it takes away.", Min = "-1000", Max = "1000")]
    public int Points { get; init; } = 1;
}
