using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>A replacement by regular expression.</summary>
public sealed record ReplaceOptions
{
    [Option("The regular expression, matched against the path without query.", IsRequired = true, Example = "^/a/(.*)$")]
    public string Pattern { get; init; } = "";

    [Option("What stands for a match; $1 is the first group, $${name} a named one (a file needs both dollar signs: ${NAME} is a variable), $$ a dollar sign.", IsRequired = true, Example = "/b/$1")]
    public string With { get; init; } = "";
}
