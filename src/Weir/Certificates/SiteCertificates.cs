using System.Security.Cryptography;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Net.Tls;

namespace Weir.Certificates;

/// <summary>The certificates that a configuration names, read from their files and checked.</summary>
internal sealed class SiteCertificates
{
    private static readonly TimeSpan _soon = TimeSpan.FromDays(14);

    private readonly List<ConfigError> _errors;
    private readonly List<ReadSite> _sites = [];
    private readonly List<FileCertificate> _listed = [];
    private readonly Dictionary<string, WatchedFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Chain, string Key), TlsCertificate> _pairs = [];
    private readonly IReadOnlyDictionary<(string Chain, string Key), TlsCertificate> _before;
    private readonly Dictionary<string, byte[]> _contents = [];
    private readonly DateTimeOffset _now;

    private readonly WeirConfig _config;

    private SiteCertificates(WeirConfig config, List<ConfigError> errors, DateTimeOffset now, SiteCertificates? before)
    {
        _config = config;
        _errors = errors;
        _now = now;
        _before = before?._pairs ?? _pairs;
    }

    /// <summary>Every certificate, with the site that names it and where it is.</summary>
    public IReadOnlyList<FileCertificate> Listed => _listed;

    /// <summary>Every file that was read.</summary>
    public IReadOnlyList<WatchedFile> Files => [.. _files.Values];

    /// <summary>Whether a listener of the configuration speaks TLS.</summary>
    public bool IsUsed { get; private init; }

    /// <summary>Reads what a configuration names. What is wrong is in the list, each with its file and the line that names it.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="errors">Gets what was found.</param>
    /// <param name="clock">Tells what has expired.</param>
    /// <param name="before">What was read earlier: a certificate whose files hold the same octets is the same object again.</param>
    public static SiteCertificates Read(WeirConfig config, List<ConfigError> errors, TimeProvider clock, SiteCertificates? before = null)
    {
        SiteCertificates read = new(config, errors, clock.GetUtcNow(), before) { IsUsed = config.Listen.Any(listener => listener.Tls == true) };
        if (!read.IsUsed)
        {
            return read;
        }

        if (OpenSsl.Problem is { } problem)
        {
            ListenerConfig listener = config.Listen.First(one => one.Tls == true);
            read.Report(listener.Position, problem, "Or serve plain HTTP: `tls: false`.");
            return read;
        }

        IEnumerable<SiteConfig> sites = config.Sites.Values.Where(site => site.Tls.NamesFiles || site.Tls.Mode == SiteTlsMode.Auto);
        foreach (SiteConfig site in sites.OrderByDescending(site => site.Hosts.Any(host => host.Kind == HostKind.Any)))
        {
            read.Add(site);
        }

        read._contents.Clear();
        return read;
    }

    /// <summary>Each site that has TLS, the one for clients that name no site of ours first.</summary>
    /// <param name="automatic">Where the certificates of `tls: auto` come from.</param>
    public IReadOnlyList<TlsServerOptions> Sites(IAutomaticCertificates automatic) =>
        [.. _sites.SelectMany(read => read.Site.Tls.NamesFiles ? [FromFiles(read)] : Automatic(read, automatic))];

    private void Add(SiteConfig site)
    {
        List<TlsCertificate> certificates = [];
        foreach (CertificateConfig pair in PairsOf(site.Tls))
        {
            if (ReadPair(site.Tls.Position, pair) is { } certificate)
            {
                certificates.Add(certificate);
                _listed.Add(new FileCertificate(
                    site.Name, ModulePlaces.ResolvePath(site.Tls.Position, pair.Certificate), ModulePlaces.ResolvePath(
                        site.Tls.Position, pair.Key),
                    certificate));
            }
        }

        byte[]? authorities = site.Tls.ClientCa is { } file ? ReadAuthorities(site.Tls.Position, file) : null;
        if ((certificates.Count == 0 && site.Tls.NamesFiles) || (authorities is null && site.Tls.ClientCa is not null))
        {
            return;
        }

        if (site.Tls.NamesFiles)
        {
            CheckNames(site, certificates);
            CheckStaples(site, certificates);
        }

        _sites.Add(new ReadSite(site, certificates, authorities));
    }

    private static TlsServerOptions FromFiles(ReadSite read) =>
        Options(read, read.Certificates, read.Site.Hosts.Where(host => host.Kind != HostKind.Any).Select(NameOf));

    private IEnumerable<TlsServerOptions> Automatic(ReadSite read, IAutomaticCertificates automatic) =>
        automatic.Of(read.Site, _config).OrderByDescending(one => one.Host.Kind == HostKind.Any).Select(one =>
            Options(read, [one.Certificate], one.Host.Kind == HostKind.Any ? [] : [NameOf(one.Host)]) with
            {
                Part = one.Host.ToString(),
                AsksByName = one.AsksByName,
            });

    private static TlsServerOptions Options(ReadSite read, IReadOnlyList<TlsCertificate> certificates, IEnumerable<string> hosts)
    {
        SiteTlsConfig tls = read.Site.Tls;
        byte[]? authorities = read.ClientAuthorities;
        bool isRequired = tls.ClientAuth != ClientAuth.Optional;
        bool tellsChain = authorities is not null && tls.ClientCertChain == true;
        string clients = authorities is null
            ? ""
            : $"{(isRequired ? "required" : "optional")} {Convert.ToHexString(SHA256.HashData(authorities))}{(tellsChain ? " chain" : "")}";
        return new TlsServerOptions
        {
            Policy = new TlsPolicy(
                read.Site.Name, clients, string.Join(' ', certificates.Select(one => one.Fingerprint)), [.. certificates.SelectMany(one => one.Names)])
            {
                TellsClientChain = tellsChain,
            },
            Hosts = [.. hosts],
            Certificates = certificates,
            ClientAuthorities = authorities,
            RequiresClientCertificate = authorities is not null && isRequired,
            IsStapled = tls.Staple != false,
        };
    }

    // As clients send it: an address without brackets.
    private static string NameOf(HostPattern host) => host.Kind == HostKind.Wildcard ? "*." + host.Host : host.Host;

    private static IEnumerable<CertificateConfig> PairsOf(SiteTlsConfig tls) =>
        tls.Certificate is { } certificate ? [new CertificateConfig { Certificate = certificate, Key = tls.Key! }] : tls.Certificates;

    private TlsCertificate? ReadPair(Position position, CertificateConfig pair)
    {
        byte[]? chain = ReadFile(position, pair.Certificate);
        byte[]? key = ReadFile(position, pair.Key);
        if (chain is null || key is null)
        {
            return null;
        }

        (string Chain, string Key) paths = (ModulePlaces.ResolvePath(position, pair.Certificate), ModulePlaces.ResolvePath(position, pair.Key));
        if (_pairs.TryGetValue(paths, out TlsCertificate? known) || (_before.TryGetValue(paths, out known) && known.IsOf(chain, key)))
        {
            _pairs.TryAdd(paths, known);
            CheckTime(position, pair.Certificate, known);
            return known;
        }

        if (TlsCertificate.TryRead(chain, key, out string problem, out bool isKeyToBlame) is not { } certificate)
        {
            string blamed = isKeyToBlame ? pair.Key : pair.Certificate;
            string other = isKeyToBlame ? $"the key of {pair.Certificate}" : "a certificate chain, the site's own first";
            Report(position, $"The file '{blamed}' cannot be used: {problem}.", $"Put {other} there, in PEM form.");
            return null;
        }

        _pairs.Add(paths, certificate);
        CheckTime(position, pair.Certificate, certificate);
        return certificate;
    }

    private void CheckTime(Position position, string file, TlsCertificate certificate)
    {
        if (certificate.NotAfter <= _now)
        {
            Report(position, $"The certificate in '{file}' expired on {certificate.NotAfter:yyyy-MM-dd HH:mm} UTC.", "Renew it.", isWarning: true);
        }
        else if (certificate.NotAfter - _now < _soon && certificate.NotAfter - certificate.NotBefore > _soon * 2)
        {
            Report(position, $"The certificate in '{file}' expires on {certificate.NotAfter:yyyy-MM-dd HH:mm} UTC.", "Renew it.", isWarning: true);
        }
        else if (certificate.NotBefore > _now)
        {
            Report(
                position, $"The certificate in '{file}' is not good before {certificate.NotBefore:yyyy-MM-dd HH:mm} UTC.",
                "Check this machine's clock.", isWarning: true);
        }
    }

    private void CheckNames(SiteConfig site, List<TlsCertificate> certificates)
    {
        foreach (HostPattern host in site.Hosts)
        {
            // A wildcard of a site reaches deeper than one of a certificate; that its own label is covered is what can be known.
            string name = host.Kind == HostKind.Wildcard ? "any." + host.Host : host.Host;
            if (host.Kind != HostKind.Any && !certificates.Any(certificate => certificate.Covers(name)))
            {
                Report(
                    site.Tls.Position, $"No certificate of the site is for the host {host}.",
                    "Clients will refuse it: use a certificate with that name.", isWarning: true);
            }
        }
    }

    private void CheckStaples(SiteConfig site, List<TlsCertificate> certificates)
    {
        foreach (TlsCertificate certificate in certificates)
        {
            string? lack = site.Tls.Staple == false ? "`staple` is false"
                : certificate.Responders.Count == 0 ? "it names no responder"
                : certificate.HasIssuer ? null : "its chain lacks the issuer's certificate";
            if (certificate.MustStaple && lack is not null)
            {
                Report(
                    site.Tls.Position, $"A certificate of the site must be shown with an OCSP response, and there can be none: {lack}.",
                    "Clients will refuse it: mend that, or get one without that demand.", isWarning: true);
            }
            else if (site.Tls.Staple != false && certificate.Responders.Count > 0 && !certificate.HasIssuer)
            {
                Report(
                    site.Tls.Position, "No OCSP response can be stapled: the chain lacks the issuer's certificate.",
                    "Put it behind the site's own certificate, as clients want it too; or write `staple: false`.", isWarning: true);
            }
        }
    }

    private byte[]? ReadAuthorities(Position position, string file)
    {
        if (ReadFile(position, file) is not { } pem)
        {
            return null;
        }

        if (TlsCertificate.ProblemOfAuthorities(pem) is { } problem)
        {
            Report(position, $"The file '{file}' cannot be used: {problem}.", "Put the authorities' certificates there, in PEM form.");
            return null;
        }

        return pem;
    }

    private byte[]? ReadFile(Position position, string file)
    {
        string path = ModulePlaces.ResolvePath(position, file);
        if (_contents.TryGetValue(path, out byte[]? content))
        {
            return content;
        }

        // Before it is read: what is written meanwhile is a change.
        _files.TryAdd(path, WatchedFile.Of(path));
        content = NamedFile.Read(position, file, (cause, remedy) => Report(position, cause, remedy));
        if (content is not null)
        {
            _contents.Add(path, content);
        }

        return content;
    }

    private void Report(Position position, string cause, string remedy, bool isWarning = false) =>
        _errors.Add(new ConfigError(position.File, position.Line, position.Column, cause, remedy, isWarning));

    private sealed record ReadSite(SiteConfig Site, IReadOnlyList<TlsCertificate> Certificates, byte[]? ClientAuthorities);
}
