using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>Options of `rewrite`. Those of the path run in the order of the properties.</summary>
public sealed record RewriteOptions
{
    [Option("A path prefix that is taken off, at a segment boundary; other paths stay as they are.", Example = "/old")]
    public string? StripPrefix { get; init; }

    [Option(
        "A regular expression (linear time) whose matches in the path are replaced.",
        Example = "{ pattern: \"^/a/(.*)$\", with: \"/b/$1\" }")]
    public ReplaceOptions? Replace { get; init; }

    [Option("A path prefix that is put in front.", Example = "/app")]
    public string? AddPrefix { get; init; }

    [Option("The whole path, as a template, instead of the three above.", Example = "/new/{path.rest}")]
    public string? Path { get; init; }

    [Option("What is done to the query.")]
    public QueryOptions Query { get; init; } = new();

    [Option("Whether strip_prefix and add_prefix are undone in Location, Content-Location, Refresh and cookie paths of responses.")]
    public bool MapResponses { get; init; }

    [Option(
        "Beginnings of URLs in Location, Content-Location and Refresh, and what stands for them.",
        Example = "[{ from: \"http://10.0.0.1:8080/\", to: \"/\" }]")]
    public IReadOnlyList<LocationOptions> Location { get; init; } = [];

    [Option("Domains of Set-Cookie, and what stands for them.", Example = "[{ from: app.internal, to: example.com }]")]
    public IReadOnlyList<CookieDomainOptions> CookieDomain { get; init; } = [];

    [Option("Path prefixes of Set-Cookie, and what stands for them.", Example = "[{ from: /app, to: / }]")]
    public IReadOnlyList<CookiePathOptions> CookiePath { get; init; } = [];
}
