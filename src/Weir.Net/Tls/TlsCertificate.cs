using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Net.Tls;

/// <summary>A certificate chain and its key, as read and checked; contexts of any loop are made from it. Immutable.</summary>
public sealed class TlsCertificate
{
    private readonly byte[] _chain;
    private readonly byte[] _key;

    private TlsCertificate(byte[] chain, byte[] key, X509Certificate2 leaf, X509Certificate2? issuer)
    {
        _chain = chain;
        _key = key;
        Names = NamesOf(leaf);
        NotBefore = leaf.NotBefore.ToUniversalTime();
        NotAfter = leaf.NotAfter.ToUniversalTime();
        Subject = leaf.Subject;
        Issuer = leaf.Issuer;
        Fingerprint = leaf.GetCertHashString(HashAlgorithmName.SHA256);
        HasIssuer = issuer is not null && issuer.SubjectName.RawData.AsSpan().SequenceEqual(leaf.IssuerName.RawData);
        Responders = RespondersOf(leaf);
        MustStaple = leaf.Extensions.Any(IsMustStaple);
    }

    /// <summary>The names and addresses it is for, in lower case; a wildcard as "*.example.com".</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>From when it is good (UTC).</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when it is good (UTC).</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Whom it names.</summary>
    public string Subject { get; }

    /// <summary>Who signed it.</summary>
    public string Issuer { get; }

    /// <summary>SHA-256 of the leaf, in hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether its issuer's certificate stands behind it in the chain.</summary>
    public bool HasIssuer { get; }

    /// <summary>Where its issuer answers OCSP (RFC 5280 section 4.2.2.1), by http.</summary>
    public IReadOnlyList<Uri> Responders { get; }

    /// <summary>Whether clients refuse it without a staple (RFC 7633).</summary>
    public bool MustStaple { get; }

    /// <summary>The OCSP response that is shown with it.</summary>
    public TlsStaple Staple { get; } = new();

    internal ReadOnlySpan<byte> ChainPem => _chain;

    internal ReadOnlySpan<byte> KeyPem => _key;

    /// <summary>
    /// Reads a chain, leaf first, and its key. Null with what is wrong, and with which of the two: <paramref name="isKeyToBlame"/>.
    /// </summary>
    public static TlsCertificate? TryRead(byte[] chainPem, byte[] keyPem, out string problem, out bool isKeyToBlame)
    {
        isKeyToBlame = false;
        List<nint> chain = PemReader.Certificates(chainPem, out problem);
        if (chain.Count == 0)
        {
            return null;
        }

        isKeyToBlame = true;
        nint key = PemReader.PrivateKey(keyPem, out problem);
        bool isPair = key != 0 && LibCrypto.X509_check_private_key(chain[0], key) == 1;
        if (key != 0 && !isPair)
        {
            problem = "its key is not the certificate's";
        }

        LibCrypto.ERR_clear_error();
        LibCrypto.EVP_PKEY_free(key);
        PemReader.Free(chain);
        return isPair ? Describe(chainPem, keyPem, out problem) : null;
    }

    /// <summary>Whether it was read from just these octets.</summary>
    public bool IsOf(ReadOnlySpan<byte> chainPem, ReadOnlySpan<byte> keyPem) =>
        chainPem.SequenceEqual(_chain) && keyPem.SequenceEqual(_key);

    /// <summary>Why a file of authorities cannot be used; null when it can.</summary>
    public static string? ProblemOfAuthorities(byte[] pem)
    {
        List<nint> certificates = PemReader.Certificates(pem, out string problem);
        bool isUsable = certificates.Count > 0;
        PemReader.Free(certificates);
        return isUsable ? null : problem;
    }

    /// <summary>Whether it is good for a host: RFC 6125 section 6.4, with a wildcard for one whole label.</summary>
    public bool Covers(ReadOnlySpan<char> host)
    {
        foreach (string name in Names)
        {
            if (Matches(name, host))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string name, ReadOnlySpan<char> host)
    {
        if (!name.StartsWith("*.", StringComparison.Ordinal))
        {
            return host.Equals(name, StringComparison.OrdinalIgnoreCase);
        }

        int dot = host.IndexOf('.');
        return dot > 0 && host[dot..].Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }

    private static TlsCertificate? Describe(byte[] chainPem, byte[] keyPem, out string problem)
    {
        try
        {
            problem = "";
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPem(System.Text.Encoding.UTF8.GetString(chainPem));
            TlsCertificate described = new(chainPem, keyPem, certificates[0], certificates.Count > 1 ? certificates[1] : null);
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }

            return described;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            problem = $"its certificate cannot be read ({exception.Message})";
            return null;
        }
    }

    private static List<Uri> RespondersOf(X509Certificate2 leaf)
    {
        List<Uri> responders = [];
        foreach (X509AuthorityInformationAccessExtension access in leaf.Extensions.OfType<X509AuthorityInformationAccessExtension>())
        {
            foreach (string text in access.EnumerateOcspUris())
            {
                // https would need a certificate whose status is asked by https.
                if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp)
                {
                    responders.Add(uri);
                }
            }
        }

        return responders;
    }

    // RFC 7633: a list of extension numbers, in which 5 is status_request. Each is an INTEGER of one octet or two.
    private static bool IsMustStaple(X509Extension extension) =>
        extension.Oid?.Value == "1.3.6.1.5.5.7.1.24" && extension.RawData.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 1, 5]) >= 0;

    private static List<string> NamesOf(X509Certificate2 leaf)
    {
        List<string> names = [];
        foreach (X509Extension extension in leaf.Extensions)
        {
            if (extension.Oid?.Value == "2.5.29.17")
            {
                X509SubjectAlternativeNameExtension alternatives = new(extension.RawData);
                names.AddRange(alternatives.EnumerateDnsNames().Select(name => name.ToLowerInvariant()));
                names.AddRange(alternatives.EnumerateIPAddresses().Select(address => address.ToString()));
            }
        }

        return names;
    }
}
