using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>That listeners with TLS and sites with certificates find each other.</summary>
internal static class TlsChecker
{
    internal static void Check(IReadOnlyList<ListenerConfig> listeners, IReadOnlyCollection<SiteConfig> sites, ErrorList errors)
    {
        foreach (SiteConfig site in sites)
        {
            CheckClients(site.Tls, errors);
        }

        ListenerConfig? secure = listeners.FirstOrDefault(listener => listener.Tls == true);
        SiteConfig? certified = sites.FirstOrDefault(site => HasCertificate(site.Tls));
        if (secure is null)
        {
            if (certified is not null)
            {
                errors.Warning(
                    certified.Tls.Position, $"The site \"{certified.Name}\" has a certificate, and no listener speaks TLS.",
                    "Listen on \":443\", or give a listener `tls: true`.");
            }

            return;
        }

        SiteConfig? automatic = sites.FirstOrDefault(site => IsAutomatic(site) && site.Position.IsWritten);
        if (automatic is not null)
        {
            errors.Error(
                automatic.Position,
                $"The site \"{automatic.Name}\" would get its certificate by ACME, which is not supported by this build yet.",
                "Name files with `tls: { certificate: …, key: … }`, or write `tls: off` for plain HTTP only.");
        }
        else if (certified is null && secure.Position.IsWritten)
        {
            errors.Error(
                secure.Position, $"{secure.Address} speaks TLS, and no site has a certificate.",
                "Give a site `tls: { certificate: …, key: … }`, or the listener `tls: false`.");
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
        else if (tls.ClientCa is not null && !HasCertificate(tls))
        {
            errors.Error(
                tls.Position, "`client_ca` asks clients for certificates, and the site has none of its own.",
                "Name the site's `certificate` and `key`.");
        }
    }

    private static bool HasCertificate(SiteTlsConfig tls) => tls.Certificate is not null || tls.Certificates.Count > 0;

    private static bool IsAutomatic(SiteConfig site) =>
        site.Tls.Mode != SiteTlsMode.Off && !HasCertificate(site.Tls) && site.Hosts.Any(HostKeys.IsPublic);
}
