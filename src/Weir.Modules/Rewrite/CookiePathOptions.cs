using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>One mapping of cookie paths.</summary>
public sealed record CookiePathOptions
{
    [Option("The path prefix as the origin writes it.", IsRequired = true, Example = "/app")]
    public string From { get; init; } = "";

    [Option("What stands for it.", IsRequired = true, Example = "/")]
    public string To { get; init; } = "";
}
