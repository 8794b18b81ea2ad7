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
        AdminChecker.Check(config.Admin, errors);
        IReadOnlyList<ListenerConfig> listeners = ListenerChecker.Check(config, sites.Values, stacks, errors);
        TlsChecker.FillIn(config.Acme, listeners, sites);
        TlsChecker.Check(config.Acme, listeners, sites.Values, errors);
        AcmeChecker.Check(config.Acme, listeners, sites.Values, errors);
        if (errors.Count == 0)
        {
            stacks.CheckUnused();
        }

        IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> named = stacks.ResolveNamed();
        CheckOrder(sites.Values, new StackOrder(catalog, errors), errors);
        return config with
        {
            Listen = listeners,
            Stacks = named,
            Sites = sites,
            Upstreams = UpstreamChecker.FillIn(targets.Upstreams),
        };
    }

    // What could not be read has left holes in the stacks.
    private static void CheckOrder(IEnumerable<SiteConfig> sites, StackOrder order, ErrorList errors)
    {
        if (errors.Count > 0)
        {
            return;
        }

        foreach (SiteConfig site in sites)
        {
            order.Check(site);
        }
    }
}
