using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>A whole configuration, checked: stacks are flat lists of modules, names are resolved, defaults are filled in.</summary>
public sealed record WeirConfig
{
    [Option("Files to merge into this one: paths or globs, relative to this file.", Example = "sites/*.yaml")]
    [Syntax(Syntax.File)]
    public IReadOnlyList<string> Include { get; init; } = [];

    [Option("Where clients connect.", Default = "[\":80\", \":443\"] where a site is named by a public host, else [\":8080\"]")]
    public IReadOnlyList<ListenerConfig> Listen { get; init; } = [];

    [Option("The admin API and the metrics; `off` turns them off.")]
    public AdminConfig Admin { get; init; } = new();

    [Option("The process: threads, user, data directory, draining.")]
    public ProcessConfig Process { get; init; } = new();

    [Option("Senders whose Forwarded and X-Forwarded-* are believed; all others' are replaced.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> TrustedProxies { get; init; } = [];

    [Option("The log and the access log.")]
    public LogConfig Log { get; init; } = new();

    [Option("What one client, and all of them together, may use.")]
    public LimitsConfig Limits { get; init; } = new();

    [Option("WebSocket and other upgraded connections.")]
    public TunnelsConfig Tunnels { get; init; } = new();

    [Option("Pages for the errors that Weir answers itself.")]
    public ErrorPagesConfig ErrorPages { get; init; } = new();

    [Option("Certificates by ACME.")]
    public AcmeConfig? Acme { get; init; }

    [Option("Cache stores by name; `cache` uses `default`.")]
    [KeySyntax(Syntax.Name)]
    public IReadOnlyDictionary<string, CacheConfig> Caches { get; init; } = OptionMap<CacheConfig>.Empty;

    [Option("Groups of origin servers by name. A URL in a `to` makes one without a name here.")]
    [KeySyntax(Syntax.Name)]
    public IReadOnlyDictionary<string, UpstreamConfig> Upstreams { get; init; } = OptionMap<UpstreamConfig>.Empty;

    [Option("Reusable lists of modules by name; a name may not be a module's.", Example = "{ public: [headers, redirect] }")]
    [KeySyntax(Syntax.Name)]
    public IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> Stacks { get; init; } = OptionMap<IReadOnlyList<StackEntry>>.Empty;

    [Option("Sites by host: exact names, `*.` wildcards, `*`; several in one key are separated by commas. Exact beats the longest "
        + "wildcard beats `*`; a string is the site's only destination.",
        IsRequired = true, Example = "{ \"*\": \"http://localhost:3000\" }")]
    [KeySyntax(Syntax.Text)]
    public IReadOnlyDictionary<string, SiteConfig> Sites { get; init; } = OptionMap<SiteConfig>.Empty;
}
