using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>That certificates which Weir is to get can be got: names that can be proved, issuers that exist.</summary>
internal static class AcmeChecker
{
    internal static void Check(
        AcmeConfig? acme, IReadOnlyList<ListenerConfig> listeners, IReadOnlyCollection<SiteConfig> sites, ErrorList errors)
    {
        SiteConfig[] automatic = [.. sites.Where(site => site.Tls.Mode == SiteTlsMode.Auto)];
        foreach (SiteConfig site in automatic)
        {
            CheckNames(site, acme, errors);
        }

        CheckPorts(acme ?? new AcmeConfig(), listeners, automatic, errors);
        if (acme is null)
        {
            return;
        }

        CheckEmail(acme, errors);
        CheckChallenges(acme, errors);
        foreach (AcmeIssuerConfig issuer in acme.Issuers)
        {
            CheckIssuer(issuer, acme, errors);
        }

        bool isUsed = acme.OnDemand is not null || automatic.Any(site => site.Hosts.Any(host => host.IsPublic));
        if (!isUsed || !listeners.Any(listener => listener.Tls == true))
        {
            errors.Warning(
                acme.Position, "`acme` says how certificates are got, and no site gets one that way.",
                "Give a site with a public name `tls: auto`, or remove `acme`.");
        }
    }

    private static void CheckNames(SiteConfig site, AcmeConfig? acme, ErrorList errors)
    {
        Position place = site.Tls.Position.IsWritten ? site.Tls.Position : site.Position;
        foreach (HostPattern host in site.Hosts)
        {
            if (host.Kind == HostKind.Any && acme?.OnDemand is null)
            {
                errors.Error(
                    place, "`tls: auto` needs names, and \"*\" is none.",
                    "Write the hosts in the site's key, or let `acme.on_demand` say which names may have a certificate.");
            }
            else if (host is { Kind: HostKind.Wildcard, IsPublic: true } && acme?.OnDemand is null
                && acme?.EffectiveChallenges.Contains(AcmeChallenge.Dns) != true)
            {
                errors.Error(
                    place, $"A certificate for {host} needs a proof by DNS, and `acme` offers none.",
                    "Add `dns: { exec: ./PROGRAM }` to `acme`, write the hosts one by one, or name the certificate's files.");
            }
        }
    }

    // RFC 8555 section 8.3 and RFC 8737 section 3: issuers ask at these ports only.
    private static void CheckPorts(AcmeConfig acme, IReadOnlyList<ListenerConfig> listeners, SiteConfig[] automatic, ErrorList errors)
    {
        ListenerConfig? secure = listeners.FirstOrDefault(listener => listener.Tls == true);
        bool isAsked = listeners.Any(listener => listener.Address is { IsUnix: false, Port: 80 or 443 });
        bool hasPublic = automatic.Any(site => site.Hosts.Any(host => host is { Kind: HostKind.Exact, IsPublic: true }));
        if (secure is { Position.IsWritten: true } && hasPublic && !isAsked && !acme.EffectiveChallenges.Contains(AcmeChallenge.Dns))
        {
            errors.Warning(
                secure.Position, "Issuers prove names at ports 80 and 443, and Weir listens on neither.",
                "See to it that something passes those ports on to Weir, or prove names by DNS: `acme: { dns: { exec: ./PROGRAM } }`.");
        }
    }

    private static void CheckEmail(AcmeConfig acme, ErrorList errors)
    {
        // It becomes a mailto: URL, which would take several addresses, and fields behind a question mark.
        bool isOdd = acme.Email is { } text
            && (text.Count(letter => letter == '@') != 1 || text.Any(letter => char.IsWhiteSpace(letter) || letter is ',' or '?'));
        if (isOdd && acme.Email is { } email)
        {
            errors.Error(
                acme.Position, $"acme.email: \"{Yaml.ScalarNode.Shorten(email)}\" is no address.", "Write one address: ops@example.com.");
        }
    }

    private static void CheckChallenges(AcmeConfig acme, ErrorList errors)
    {
        if (acme.Dns is null && acme.Challenges.Contains(AcmeChallenge.Dns))
        {
            errors.Error(
                acme.Position, "acme.challenges: dns needs a program that sets records.", "Add `dns: { exec: ./PROGRAM }`, or leave dns away.");
        }
        else if (acme.Dns is not null && acme.Challenges.Count > 0 && !acme.Challenges.Contains(AcmeChallenge.Dns))
        {
            errors.Warning(acme.Position, "acme.dns names a program, and acme.challenges leaves dns away.", "Add dns to the challenges, or remove `dns`.");
        }
    }

    private static void CheckIssuer(AcmeIssuerConfig issuer, AcmeConfig acme, ErrorList errors)
    {
        string known = string.Join(", ", AcmeIssuerConfig.KnownNames);
        if (issuer.Url is null)
        {
            string near = Nearest.Find(issuer.Directory, AcmeIssuerConfig.KnownNames) is { } name ? $"Did you mean \"{name}\"? " : "";
            errors.Error(
                issuer.Position, $"The issuer \"{Yaml.ScalarNode.Shorten(issuer.Directory)}\" is not known.",
                $"{near}Known are {known}; any other is named by the https URL of its directory.");
        }
        else if (issuer.Url.Scheme != Uri.UriSchemeHttps)
        {
            // RFC 8555 section 6.1: every interaction is over HTTPS.
            errors.Error(issuer.Position, $"The issuer \"{Yaml.ScalarNode.Shorten(issuer.Directory)}\" is not reached by https.", "Name it by its https URL.");
        }
        else if (issuer is { Directory: "google", Eab: null })
        {
            errors.Error(
                issuer.Position, "The issuer \"google\" gives certificates to accounts of its own only.",
                "Write { directory: google, eab: { key_id: …, key_file: … } } with what it gave you.");
        }
        else if (issuer is { Directory: "zerossl", Eab: null } && acme.Email is null)
        {
            errors.Error(
                issuer.Position, "The issuer \"zerossl\" gives certificates to accounts of its own only.",
                "Give `acme.email`, by which one is made, or `eab` with what it gave you.");
        }
    }
}
