using Weir.Config.Model;
using Weir.Config.Writing;

namespace Weir.Hosting;

/// <summary>What differs between two configurations, for the report of a reload.</summary>
internal static class ConfigDifference
{
    /// <summary>Sites by their keys.</summary>
    public static ReloadTouches OfSites(WeirConfig before, WeirConfig next) => Of(Texts(before.Sites), Texts(next.Sites));

    /// <summary>Routes of the sites that both have: a route is the same one when its site and its path are.</summary>
    public static ReloadTouches OfRoutes(WeirConfig before, WeirConfig next)
    {
        Dictionary<string, string> old = [];
        Dictionary<string, string> now = [];
        foreach ((string name, SiteConfig site) in next.Sites)
        {
            if (before.Sites.TryGetValue(name, out SiteConfig? oldSite))
            {
                AddRoutes(oldSite, old);
                AddRoutes(site, now);
            }
        }

        return Of(old, now);
    }

    /// <summary>What only a new process obeys.</summary>
    public static List<string> NeedsRestart(WeirConfig before, WeirConfig next)
    {
        List<string> sentences = [];
        Add(before.Process.Loops != next.Process.Loops, "process.loops");
        Add(before.Process.User != next.Process.User, "process.user");
        Add(before.Process.Data != next.Process.Data, "process.data");
        Add(before.Admin.IsOff != next.Admin.IsOff || OptionText.Of(before.Admin) != OptionText.Of(next.Admin), "admin");
        Add(before.Log.Format != next.Log.Format, "log.format");
        foreach (ListenerConfig listener in next.Listen)
        {
            string address = listener.Address.ToString();
            bool isBoundAlike = before.Listen.All(old => old.Address.ToString() != address || old.ReusePort == listener.ReusePort);
            Add(!isBoundAlike, $"reuse_port of {address}");
        }

        return sentences;

        void Add(bool hasChanged, string option)
        {
            if (hasChanged)
            {
                sentences.Add($"{option} was changed: it needs a restart.");
            }
        }
    }

    /// <summary>Parts of the file beside listeners, upstreams and sites that changed and are obeyed.</summary>
    public static List<string> Options(WeirConfig before, WeirConfig next)
    {
        List<string> names = [];
        Add(OptionText.Of(before.Process.Drain) != OptionText.Of(next.Process.Drain), "process.drain");
        Add(!before.TrustedProxies.SequenceEqual(next.TrustedProxies), "trusted_proxies");
        Add(before.Log.Level != next.Log.Level, "log.level");
        Add(HasOtherAccessLog(before, next), "log.access");
        Add(OptionText.Of(before.Limits) != OptionText.Of(next.Limits), "limits");
        Add(OptionText.Of(before.Tunnels) != OptionText.Of(next.Tunnels), "tunnels");
        Add(OptionText.Of(before.ErrorPages) != OptionText.Of(next.ErrorPages), "error_pages");
        return names;

        void Add(bool hasChanged, string name)
        {
            if (hasChanged)
            {
                names.Add(name);
            }
        }
    }

    /// <summary>Whether the access log has another format or goes elsewhere.</summary>
    public static bool HasOtherAccessLog(WeirConfig before, WeirConfig next) =>
        before.Log.Access.IsOff != next.Log.Access.IsOff || OptionText.Of(before.Log.Access) != OptionText.Of(next.Log.Access);

    private static void AddRoutes(SiteConfig site, Dictionary<string, string> routes)
    {
        for (int i = 0; i < site.Routes.Count; i++)
        {
            RouteConfig route = site.Routes[i];
            string name = $"{site.Name} {route.Path?.ToString() ?? "any path"}";
            for (int copy = 2; routes.ContainsKey(name); copy++)
            {
                name = $"{site.Name} {route.Path?.ToString() ?? "any path"} ({copy})";
            }

            routes[name] = OptionText.Of(route);
        }
    }

    private static Dictionary<string, string> Texts(IReadOnlyDictionary<string, SiteConfig> sites) =>
        sites.ToDictionary(site => site.Key, site => OptionText.Of(site.Value), StringComparer.Ordinal);

    private static ReloadTouches Of(Dictionary<string, string> before, Dictionary<string, string> next)
    {
        List<string> changed = [.. next.Keys.Where(key => before.TryGetValue(key, out string? old) && old != next[key])];
        List<string> added = [.. next.Keys.Where(key => !before.ContainsKey(key))];
        return new ReloadTouches(
            added, [.. before.Keys.Where(key => !next.ContainsKey(key))], changed, next.Count - changed.Count - added.Count);
    }
}
