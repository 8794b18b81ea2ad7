using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Codings;
using Weir.Config;
using Weir.Config.Model;
using Weir.Pipeline.Challenges;
using Weir.Pipeline.ErrorPages;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Plans;

/// <summary>Compiles a checked configuration into a plan. Reports what only compiling can find; then there is no plan.</summary>
public sealed class PlanBuilder
{
    private readonly List<ConfigError> _errors = [];
    private readonly UsedUpstreams _used = new();
    private readonly StackCompiler _stacks;
    private readonly IUpstreamSource _upstreams;
    private readonly List<TimedStep> _timed = [];

    /// <summary>
    /// A builder for one configuration. Modules of the plan before are carried over where nothing about them has changed.
    /// </summary>
    public PlanBuilder(
        IModuleCatalog catalog, IUpstreamSource upstreams, ModuleInventory? before = null, WeirLog? log = null, IModuleMemories? memories = null)
    {
        _stacks = new StackCompiler(catalog, _errors, _used, before, log ?? WeirLog.Silent) { Memories = memories };
        _upstreams = upstreams;
    }

    /// <summary>Proofs that issuers of certificates look for; null where no configuration is to be asked for any.</summary>
    public HttpChallenges? Challenges { get; init; }

    /// <summary>The folder that directories of stores are relative to.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Secrets of that folder, by name, for modules; null: nothing will be served.</summary>
    public Func<string, byte[]>? Secrets { get; init; }

    /// <summary>Who is kept out.</summary>
    public BanList Bans { get; init; } = new();

    /// <summary>Whether there is too much to do.</summary>
    public Overload Overload { get; init; } = new();

    /// <summary>Errors and warnings found while building.</summary>
    public IReadOnlyList<ConfigError> Errors => _errors;

    /// <summary>Every module of the plan and of the listeners.</summary>
    public ModuleInventory Modules => _stacks.Modules;

    /// <summary>The connection modules of a listener.</summary>
    public IReadOnlyList<IConnectionModule> BuildConnections(ListenerConfig listener) =>
        _stacks.CompileConnections(listener.Connections, $"listener {listener.Address}");

    /// <summary>The plan, or null after errors.</summary>
    public Plan? Build(WeirConfig config)
    {
        _stacks.Caches = config.Caches;
        _stacks.DataFolder = DataFolder;
        _stacks.Secrets = Secrets;
        foreach ((string name, UpstreamConfig upstream) in config.Upstreams)
        {
            if (ForwardPolicies.CodingOf(upstream.CompressRequests) is var coding && !NativeCodings.CanWrite(coding))
            {
                Position at = upstream.Position;
                _errors.Add(new ConfigError(
                    at.File, at.Line, at.Column, $"{name} needs {NativeCodings.LibraryOf(coding)}, which this machine lacks.", $"Install it, or leave {coding} out."));
            }

            _used.Add(name, _upstreams.Make(upstream));
        }

        RouteBuilder routes = new(_stacks, _used, _errors);
        List<SiteDefinition<SitePlan>> sites = [];
        bool servesTls = config.Listen.Any(listener => listener.Tls == true);
        foreach (SiteConfig site in config.Sites.Values)
        {
            AddSite(site, servesTls && HasCertificate(site), HttpsPortOf(config, site), routes, sites);
        }

        _errors.AddRange(_used.Unused(config));
        Plan plan = new()
        {
            Sites = new SiteTable<SitePlan>(sites),
            ErrorPages = BuildErrorPages(config.ErrorPages),
            Upstreams = _used.All,
            Challenges = config.Sites.Values.Any(site => site.Tls.Mode == SiteTlsMode.Auto) ? Challenges : null,
            Timed = _timed,
            Bans = Bans,
            Overload = Overload,
            Identity = new IdentityPolicy(config.TrustedProxies),
            Tunnels = new TunnelLimits
            {
                IdleMs = ForwardPolicies.Ms(config.Tunnels.Idle),
                LifetimeMs = (long)config.Tunnels.Lifetime.TotalMilliseconds,
            },
        };
        return _errors.Any(error => !error.IsWarning) ? null : plan;
    }

    private static bool HasCertificate(SiteConfig site) => site.Tls.NamesFiles || site.Tls.Mode == SiteTlsMode.Auto;

    private static int HttpsPortOf(WeirConfig config, SiteConfig site)
    {
        IEnumerable<ListenerConfig> secure = config.Listen.Where(
            listener => listener is { Tls: true, Address: { IsUnix: false, Port: not 0 } });
        return site.RedirectHttp && HasCertificate(site)
            ? secure.OrderByDescending(listener => listener.Address.Port == 443).FirstOrDefault()?.Address.Port ?? 0
            : 0;
    }

    private void AddSite(SiteConfig site, bool isHttps, int httpsPort, RouteBuilder routes, List<SiteDefinition<SitePlan>> sites)
    {
        CompiledStack stack = _stacks.Compile(site.Stack, null, $"site {site.Name}");
        List<RouteDefinition<RoutePlan>> siteRoutes = routes.Build(site);
        SitePlan plan = new()
        {
            Name = site.Name,
            Stack = stack,
            Routes = new RouteTable<RoutePlan>(siteRoutes),
            IsHttps = isHttps,
            HttpsPort = httpsPort,
            UsesRawPaths = site.Paths == PathMode.Raw,
        };
        string ownHost = OwnHost(site);
        _timed.AddRange(stack.Timed.Select(step => new TimedStep(step.Module, step.Position, plan, null, ownHost)));
        _timed.AddRange(siteRoutes.SelectMany(route =>
            route.Route.Stack.Timed.Select(step => new TimedStep(step.Module, step.Position, plan, route.Route, ownHost))));
        foreach (HostPattern host in site.Hosts)
        {
            if (SitePattern.TryParse(host.ToString(), out SitePattern? pattern, out PatternError? error))
            {
                sites.Add(new SiteDefinition<SitePlan>(pattern, plan));
            }
            else
            {
                _errors.Add(new ConfigError(host.Position.File, host.Position.Line, host.Position.Column, error.Cause, error.Remedy));
            }
        }
    }

    private static string OwnHost(SiteConfig site)
    {
        HostPattern? own = site.Hosts.FirstOrDefault(host => host.Kind == HostKind.Exact)
            ?? site.Hosts.FirstOrDefault(host => host.Kind == HostKind.Wildcard);
        return own switch
        {
            { Kind: HostKind.Exact } => own.ToString(),
            { } wildcard => wildcard.Host,
            null => "localhost",
        };
    }

    private ErrorPageSet BuildErrorPages(ErrorPagesConfig config)
    {
        List<ErrorPageTemplate> templates = [];
        foreach ((string statuses, PageFile page) in config.Pages)
        {
            if (!StatusPattern.TryParse(statuses, out StatusPattern pattern))
            {
                Report(page, $"'{statuses}' is neither a status from 400 to 599 nor 4xx or 5xx.", "Write \"502\" or \"5xx\".");
                continue;
            }

            string path = ModulePlaces.ResolvePath(page.Position, page.File);
            try
            {
                templates.Add(new ErrorPageTemplate(pattern, ErrorPageTemplate.FormOf(page.File), File.ReadAllBytes(path)));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Report(page, $"The page '{page.File}' cannot be read: {exception.Message}", "Mend the path; it is relative to the configuration file.");
            }
        }

        return new ErrorPageSet(templates, config.Json);
    }

    private void Report(PageFile page, string cause, string remedy) =>
        _errors.Add(new ConfigError(page.Position.File, page.Position.Line, page.Position.Column, cause, remedy));
}
