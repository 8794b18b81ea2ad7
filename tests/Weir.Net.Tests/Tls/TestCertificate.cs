using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

/// <summary>A certificate made by the test, signed by itself or by another one.</summary>
internal sealed class TestCertificate
{
    private readonly X509Certificate2 _certificate;

    private TestCertificate(X509Certificate2 certificate, string keyPem)
    {
        _certificate = certificate;
        Pem = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
        KeyPem = Encoding.ASCII.GetBytes(keyPem + "\n");
    }

    public byte[] Pem { get; }

    public byte[] KeyPem { get; }

    public byte[] Der => _certificate.RawData;

    public static TestCertificate Ecdsa(string name, TestCertificate? issuer = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        string pem = key.ExportPkcs8PrivateKeyPem();
        return new TestCertificate(Sign(request, name, issuer, certificate => certificate.CopyWithPrivateKey(key)), pem);
    }

    public static TestCertificate Rsa(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new TestCertificate(
            Sign(request, name, null, certificate => certificate.CopyWithPrivateKey(key)), key.ExportPkcs8PrivateKeyPem());
    }

    public TlsCertificate Load() => TlsCertificate.TryRead(Pem, KeyPem, out _, out _).ShouldNotBeNull();

    public TlsServerOptions Options(params TlsCertificate[] more) => new()
    {
        Policy = new TlsPolicy("test", "", "", []),
        Certificates = [Load(), .. more],
    };

    private static X509Certificate2 Sign(
        CertificateRequest request, string name, TestCertificate? issuer, Func<X509Certificate2, X509Certificate2> withKey)
    {
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        if (issuer is null)
        {
            return request.CreateSelfSigned(from, from.AddDays(60));
        }

        using X509Certificate2 signed = request.Create(issuer._certificate, from, from.AddDays(50), RandomNumberGenerator.GetBytes(8));
        return withKey(signed);
    }
}
