using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record RespondOptions
{
    [Option("The status.", Min = "200", Max = "599", IsShorthand = true)]
    public int Status { get; init; } = 200;

    [Option("The body.")]
    public string Body { get; init; } = "";
}
