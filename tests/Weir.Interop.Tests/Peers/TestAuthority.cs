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
    }

    public string Folder { get; }

    public string Authority => Path.Combine(Folder, "ca.pem");

    /// <summary>Signs a certificate for names; its files are NAME.pem and NAME.key. As a flow map: what `tls` takes.</summary>
    public string Issue(string name, params string[] hosts)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string host in hosts)
        {
            names.AddDnsName(host);
        }

        if (hosts.Length > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        using X509Certificate2 signed = request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(50), RandomNumberGenerator.GetBytes(8));
        string chain = Path.Combine(Folder, name + ".pem");
        string keyFile = Path.Combine(Folder, name + ".key");
        File.WriteAllText(chain, signed.ExportCertificatePem() + "\n");
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        return $"certificate: {chain}, key: {keyFile}";
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
