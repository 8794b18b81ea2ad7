using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>That listeners with TLS and sites with certificates find each other.</summary>
internal static class TlsChecker
{
    /// <summary>
    /// Puts the default in its place: a site with a public host gets its certificates by itself where a listener has TLS.
    /// </summary>
    internal static void FillIn(AcmeConfig? acme, IReadOnlyList<ListenerConfig> listeners, OrderedDictionary<string, SiteConfig> sites)
    {
        if (!listeners.Any(listener => listener.Tls == true))
        {
            return;
        }

        foreach ((string key, SiteConfig site) in sites.ToArray())
        {
            bool isAsked = site.Hosts.Any(host => host.IsPublic || (host.Kind == HostKind.Any && acme?.OnDemand is not null));
            if (site.Tls is { Mode: null, NamesFiles: false } && isAsked)
            {
                sites[key] = site with { Tls = site.Tls with { Mode = SiteTlsMode.Auto } };
            }
        }
    }

    internal static void Check(
        AcmeConfig? acme, IReadOnlyList<ListenerConfig> listeners, IReadOnlyCollection<SiteConfig> sites, ErrorList errors)
    {
        foreach (SiteConfig site in sites)
        {
            CheckClients(site.Tls, errors);
        }

        ListenerConfig? secure = listeners.FirstOrDefault(listener => listener.Tls == true);
        SiteConfig? certified = sites.FirstOrDefault(site => site.Tls.NamesFiles);
        SiteConfig? automatic = sites.FirstOrDefault(site => site.Tls.Mode == SiteTlsMode.Auto);
        if (secure is null)
        {
            if (certified is not null)
            {
                errors.Warning(
                    certified.Tls.Position, $"The site \"{certified.Name}\" has a certificate, and no listener speaks TLS.",
                    "Listen on \":443\", or give a listener `tls: true`.");
            }
            else if (automatic is not null)
            {
                errors.Warning(
                    automatic.Tls.Position, $"The site \"{automatic.Name}\" would get a certificate, and no listener speaks TLS.",
                    "Listen on \":443\", or give a listener `tls: true`.");
            }
        }
        else if (certified is null && automatic is null && acme?.OnDemand is null && secure.Position.IsWritten)
        {
            errors.Error(
                secure.Position, $"{secure.Address} speaks TLS, and no site has a certificate.",
                "Give a site `tls: auto` or `tls: { certificate: …, key: … }`, or the listener `tls: false`.");
        }
    }

    private static void CheckClients(SiteTlsConfig tls, ErrorList errors)
    {
        if (tls is { ClientAuth: not null, ClientCa: null })
        {
            errors.Error(
                tls.Position, "`client_auth` asks for certificates, and `client_ca` does not say whose.",
                "Name the file of the authorities in `client_ca`.");
        }
        else if (tls.ClientCa is not null && tls is { NamesFiles: false, Mode: not SiteTlsMode.Auto })
        {
            errors.Error(
                tls.Position, "`client_ca` asks clients for certificates, and the site has none of its own.",
                "Write `mode: auto` beside it, or name the site's `certificate` and `key`.");
        }
    }
}
