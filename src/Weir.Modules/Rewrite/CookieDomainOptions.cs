using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>One mapping of cookie domains.</summary>
public sealed record CookieDomainOptions
{
    [Option("The domain as the origin writes it; * for any.", IsRequired = true, Example = "app.internal")]
    public string From { get; init; } = "";

    [Option(
        "What stands for it; off removes the attribute, so that the cookie belongs to the host alone.",
        IsRequired = true,
        Example = "example.com")]
    public string To { get; init; } = "";
}
