using System.Security.Cryptography.X509Certificates;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Control;
using Weir.Net.Tls;
using Weir.Stapling;

namespace Weir.AutomaticHttps;

/// <summary>Every certificate that clients may get, for whoever asks.</summary>
internal static class CertificateList
{
    /// <summary>All certificates, in the order of their names.</summary>
    /// <param name="files">Those from files.</param>
    /// <param name="keeper">Those that Weir gets.</param>
    /// <param name="config">The configuration in force.</param>
    /// <param name="clock">The time.</param>
    /// <param name="staples">Their OCSP responses.</param>
    public static IReadOnlyList<CertificateStatus> Of(
        IReadOnlyList<FileCertificate> files, CertificateKeeper keeper, WeirConfig config, TimeProvider clock, StapleKeeper staples)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IEnumerable<CertificateStatus> fromFiles = files.Select(file => FromFile(file, now, staples));
        IEnumerable<CertificateStatus> got = keeper.All.Select(kept => Kept(kept, keeper.Store, config, now, staples));
        return [.. fromFiles.Concat(got).OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static CertificateStatus FromFile(FileCertificate file, DateTimeOffset now, StapleKeeper staples)
    {
        return Describe(file.Certificate, now) with
        {
            Site = file.Site,
            Source = "file",
            File = file.Path,
            Ocsp = staples.ReportOf(file.Certificate)?.ToString(),
        };
    }

    private static CertificateStatus Kept(
        KeptCertificate kept, CertificateStore store, WeirConfig config, DateTimeOffset now, StapleKeeper staples)
    {
        SavedCertificate notes = kept.Notes;

        // Who reads that it is good may connect at once: what counts is what listeners show. Handshakes that ask by name take what there is.
        KeptCertificate.Got? told = kept.IsOnDemand ? kept.Current : kept.InForce;
        CertificateStatus status = told is { Certificate: var certificate }
            ? Describe(certificate, now)
            : new CertificateStatus { Name = kept.Name, Names = [kept.Name], Source = "", State = "stand-in" };
        DateTimeOffset next = kept.NextTry();
        return status with
        {
            Name = kept.Name,
            Site = kept.IsOnDemand ? null : SiteOf(kept.Name, config),
            Source = kept.IsLocal ? "local" : kept.IsOnDemand ? "on_demand" : "acme",
            Ocsp = told is { Certificate: var shown } ? staples.ReportOf(shown)?.ToString() : null,
            File = kept.IsLocal ? null : store.PathOf(kept.Name),
            State = status.State == "good" && notes.Failures > 0 ? "expiring" : status.State,
            NextRenewal = next > now ? next : now,
            Renewing = kept.IsBusy,
            Failures = notes.Failures,
            LastError = notes.LastError,
            LastTry = notes.LastTryAt,
        };
    }

    private static CertificateStatus Describe(TlsCertificate certificate, DateTimeOffset now) => new()
    {
        Name = certificate.Names.Count > 0 ? certificate.Names[0] : certificate.Subject,
        Names = certificate.Names,
        Source = "",
        State = certificate.NotAfter <= now ? "expired" : "good",
        Issuer = IssuerOf(certificate.Issuer),
        NotBefore = certificate.NotBefore,
        Expires = certificate.NotAfter,
        Fingerprint = certificate.Fingerprint,
    };

    // The part of the distinguished name that a person knows the issuer by.
    private static string IssuerOf(string distinguished)
    {
        string? name = new X500DistinguishedName(distinguished).EnumerateRelativeDistinguishedNames()
            .FirstOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue();
        return name ?? distinguished;
    }

    private static string? SiteOf(string name, WeirConfig config) =>
        config.Sites.Values.FirstOrDefault(site => site.Hosts.Any(host => CertificateKeeper.NameOf(host) == name))?.Name;
}
