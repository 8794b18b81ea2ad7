using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>What is served under one or more hosts.</summary>
[OptionRule(OptionRule.AtMostOne, "to", "routes")]
[OptionRule(OptionRule.AtLeastOne, "to", "routes", "stack")]
public sealed record SiteConfig : INamed
{
    /// <summary>The key in `sites`, as written.</summary>
    public string Name { get; init; } = "";

    /// <summary>The hosts that the key names.</summary>
    public IReadOnlyList<HostPattern> Hosts { get; init; } = [];

    [Option("The site's only destination, in place of routes: an upstream's name, a URL, or a list of URLs.", IsShorthand = true,
        Default = "none")]
    public TargetConfig? To { get; init; }

    [Option("The site's certificate: auto (ACME), off, or files.", Default = "auto for a public host when a listener has TLS, else off")]
    public SiteTlsConfig Tls { get; init; } = new();

    [Option("Whether port 80 redirects to HTTPS where TLS is on.")]
    public bool RedirectHttp { get; init; } = true;

    [Option("Whether upper and lower case are the same in paths, for all routes of the site.")]
    public bool IgnoreCase { get; init; }

    [Option("Whether the origin gets the path in its normal form or as the client wrote it.")]
    public PathMode Paths { get; init; } = PathMode.Normal;

    [Option("Whether requests are refused with 503 while Weir is overloaded (limits.overload), for all routes of the site.")]
    public RoutePriority Priority { get; init; } = RoutePriority.Normal;

    [Option("Modules that run before routing, in this order; answers pass them in reverse.")]
    public IReadOnlyList<StackEntry> Stack { get; init; } = [];

    [Option("Routes; the first that matches wins.")]
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
