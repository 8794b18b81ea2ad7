using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Interop.Tests.Peers;

/// <summary>An authority of the test's own, in a folder, and what it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public TestAuthority()
    {
        Folder = Programs.NewFolder();
        CertificateRequest request = new("CN=Test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
        File.WriteAllText(Authority, _authority.ExportCertificatePem() + "\n");
        File.WriteAllText(KeyFile, _key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public string Folder { get; }

    public string Authority => Path.Combine(Folder, "ca.pem");

    public string KeyFile => Path.Combine(Folder, "ca.key");

    /// <summary>Signs a certificate for names; its files are NAME.pem and NAME.key. As a flow map: what `tls` takes.</summary>
    public string Issue(string name, params string[] hosts) => Issue(name, new IssueWishes(), hosts);

    /// <summary>As the other, with wishes.</summary>
    public string Issue(string name, IssueWishes wishes, params string[] hosts)
    {
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = wishes.IsRsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", ecdsa, HashAlgorithmName.SHA256);
        AsymmetricAlgorithm key = wishes.IsRsa ? rsa : ecdsa;
        if (wishes.Responder is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([wishes.Responder], null, false));
        }

        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            names.AddDnsName(host);
        }

        if (hosts.Length > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        DateTimeOffset until = wishes.IsExpired ? DateTimeOffset.UtcNow.AddHours(-1) : DateTimeOffset.UtcNow.AddDays(50);
        byte[] serial = [1, .. RandomNumberGenerator.GetBytes(7)];
        using X509Certificate2 signed = request.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddHours(-2), until, serial);
        string chain = Path.Combine(Folder, name + ".pem");
        string keyFile = Path.Combine(Folder, name + ".key");
        File.WriteAllText(chain, signed.ExportCertificatePem() + "\n" + _authority.ExportCertificatePem() + "\n");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        return $"certificate: {chain}, key: {keyFile}";
    }

    /// <summary>
    /// Signs a certificate through an authority in between; its file, with the chain up to there, and that authority's octets in base64.
    /// </summary>
    public (string File, string Between) IssueThroughAnother(string name)
    {
        using ECDsa betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest between = new("CN=Between", betweenKey, HashAlgorithmName.SHA256);
        between.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = between.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddDays(50), [2, 1]);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 leaf = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(betweenKey), DateTimeOffset.UtcNow.AddHours(-2),
            DateTimeOffset.UtcNow.AddDays(49), [2, 2]);
        string file = Path.Combine(Folder, name + ".pem");
        File.WriteAllText(file, $"{leaf.ExportCertificatePem()}\n{authority.ExportCertificatePem()}\n");
        File.WriteAllText(Path.ChangeExtension(file, ".key"), key.ExportPkcs8PrivateKeyPem() + "\n");
        return (file, Convert.ToBase64String(authority.RawData));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
