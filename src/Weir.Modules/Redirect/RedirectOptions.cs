using Weir.Abstractions.Options;

namespace Weir.Modules.Redirect;

/// <summary>Options of `redirect`.</summary>
public sealed record RedirectOptions
{
    [Option(
        "Where the client is sent: a path or an http(s) URL, as a template.",
        IsRequired = true,
        IsShorthand = true,
        Example = "/new/{path.rest}")]
    public string To { get; init; } = "";

    [Option("301, 302, 303, 307 or 308. 307 and 308 keep the method; 301 and 308 are remembered by browsers.", Min = "301", Max = "308")]
    public int Status { get; init; } = 308;

    [Option("Whether the request's query goes along.", Default = "true, unless `to` has a query")]
    public bool? KeepQuery { get; init; }
}
