using Weir.Abstractions.Modules;
using Weir.Config.Binding;
using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>What concerns more than one record: names, stacks, hosts, destinations, listeners.</summary>
internal static class Checker
{
    /// <summary>The configuration with its names resolved and its stacks flat. Mistakes are reported and left out.</summary>
    internal static WeirConfig Check(WeirConfig config, Binder binder, IModuleCatalog catalog, ErrorList errors)
    {
        StackResolver stacks = new(config.Stacks, binder, catalog, errors);
        TargetResolver targets = new(config.Upstreams, errors);
        OrderedDictionary<string, SiteConfig> sites = new(StringComparer.Ordinal);
        foreach ((string key, SiteConfig site) in config.Sites)
        {
            sites[key] = SiteChecker.Check(site, stacks, targets, errors);
        }

        HostKeys.CheckDoubles(sites.Values, errors);
        UpstreamChecker.Check(config.Upstreams.Values, errors);
        IReadOnlyList<ListenerConfig> listeners = ListenerChecker.Check(config, sites.Values, stacks, errors);
        IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> named = stacks.ResolveNamed();
        CheckShadows(sites.Values, errors);
        return config with
        {
            Listen = listeners,
            Stacks = named,
            Sites = sites,
            Upstreams = targets.Upstreams,
        };
    }

    // A route whose path could not be read looks as if it took everything.
    private static void CheckShadows(IEnumerable<SiteConfig> sites, ErrorList errors)
    {
        if (errors.Count > 0)
        {
            return;
        }

        foreach (SiteConfig site in sites)
        {
            RouteShadows.Check(site, errors);
        }
    }
}
