using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>What is learnt about a server from clients' requests.</summary>
public sealed record PassiveHealthConfig
{
    [Option("Failures within the window that eject a server, where they are a tenth of its tries or more.", Min = "1", Max = "10000")]
    public int Failures { get; init; } = 5;

    [Option("The time in which failures are counted.", Min = "100ms", Max = "1d")]
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    [Option("How long an ejected server gets nothing; longer when it is ejected again, up to 5 minutes.", Min = "100ms", Max = "1d")]
    public TimeSpan Eject { get; init; } = TimeSpan.FromSeconds(30);

    [Option("The most of the servers that may be ejected at once; of two or more always one.")]
    public Percent MaxEjected { get; init; } = new(50);
}
