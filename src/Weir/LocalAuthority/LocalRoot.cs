using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.AutomaticHttps;

namespace Weir.LocalAuthority;

/// <summary>
/// An authority of this machine's own, for names that no public one certifies: a root that lives for years, and leaves that live for a
/// week. Any thread.
/// </summary>
internal sealed class LocalRoot
{
    /// <summary>How long a leaf is good. Short: whoever steals one has little of it, and nobody can revoke it.</summary>
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(7);

    private const int RootYears = 10;
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    // Clocks of other machines may be behind.
    private static readonly TimeSpan _slack = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _root;
    private readonly TimeProvider _clock;

    private LocalRoot(X509Certificate2 root, TimeProvider clock)
    {
        _root = root;
        _clock = clock;
    }

    /// <summary>The root, in PEM: what clients have to trust.</summary>
    public string RootPem => _root.ExportCertificatePem() + "\n";

    /// <summary>Whom leaves say that they are from.</summary>
    public string Name => _root.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>The root's fingerprint (SHA-256), in hexadecimal.</summary>
    public string Fingerprint => _root.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Until when the root is good.</summary>
    public DateTimeOffset NotAfter => _root.NotAfter.ToUniversalTime();

    /// <summary>Makes a root.</summary>
    public static PemPair Make(TimeProvider clock)
    {
        DateTimeOffset now = clock.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // The name says which root it is, where a browser's list holds several.
        string mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        CertificateRequest request = new($"CN=Weir local authority {now.Year} {mark}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 root = request.CreateSelfSigned(now - _slack, now.AddYears(RootYears));
        return new PemPair(root.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>An authority from its root. Null with what is wrong.</summary>
    public static LocalRoot? TryRead(PemPair pair, TimeProvider clock, out string problem)
    {
        try
        {
            X509Certificate2 root = X509Certificate2.CreateFromPem(pair.Chain, pair.Key);
            problem = root.NotAfter.ToUniversalTime() - LeafLifetime <= clock.GetUtcNow().UtcDateTime ? "its time is over" : "";
            if (problem.Length == 0)
            {
                return new LocalRoot(root, clock);
            }

            root.Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            problem = exception.Message;
        }

        return null;
    }

    /// <summary>Signs a leaf with a new key for a name ("localhost", "*.internal") or an address.</summary>
    public PemPair Issue(string name)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using X509Certificate2 leaf = request.Create(_root, now - _slack, now + LeafLifetime, RandomNumberGenerator.GetBytes(16));
        return new PemPair(leaf.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>A certificate that is its own authority: something to answer with until there is a real one.</summary>
    public static PemPair SignSelf(string name, TimeProvider clock)
    {
        DateTimeOffset now = clock.GetUtcNow();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 leaf = Request(name, key).CreateSelfSigned(now - _slack, now.AddDays(30));
        return new PemPair(leaf.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        CertificateRequest request = new(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        // RFC 5280 section 4.2.1.6: without a subject, the alternative names are critical.
        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerPurpose)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
