using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>One mapping of URLs in responses.</summary>
public sealed record LocationOptions
{
    [Option(
        "The beginning of URLs as the origin writes them: a path or an http(s) URL.",
        IsRequired = true,
        Example = "http://10.0.0.1:8080/")]
    public string From { get; init; } = "";

    [Option("What stands for it, as a template.", IsRequired = true, Example = "https://{host}/")]
    public string To { get; init; } = "";
}
