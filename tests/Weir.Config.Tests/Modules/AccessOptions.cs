using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record AccessOptions
{
    [Option("Who may come.")]
    public IReadOnlyList<IpPrefix> Allow { get; init; } = [];

    [Option("Who may not.")]
    public IReadOnlyList<IpPrefix> Deny { get; init; } = [];

    [Option("A file of who may not.", Default = "none")]
    public string? DenyFile { get; init; }
}
