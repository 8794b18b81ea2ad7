using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record RedirectOptions
{
    [Option("Where to.", IsRequired = true, IsShorthand = true, Example = "/new/{path.rest}")]
    public string To { get; init; } = "";

    [Option("The status.", Min = "300", Max = "399")]
    public int Status { get; init; } = 302;
}
