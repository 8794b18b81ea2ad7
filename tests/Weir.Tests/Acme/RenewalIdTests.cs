using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Acme;

namespace Weir.Tests.Acme;

public sealed class RenewalIdTests
{
    [Fact]
    public void The_identifier_of_the_RFCs_example_is_the_RFCs()
    {
        // RFC 9773 section 4.1: a serial number whose first bit is set keeps the zero in front.
        byte[] keyId = Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Example Cert", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(keyId));
        using X509Certificate2 made = request.Create(
            new X500DistinguishedName("CN=Example CA"), X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100), [0x00, 0x87, 0x65, 0x43, 0x21]);
        RenewalId.Of(made.ExportCertificatePem()).ShouldBe("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    }

    [Fact]
    public void A_certificate_that_does_not_name_its_authoritys_key_has_none()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=self", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        RenewalId.Of(made.ExportCertificatePem()).ShouldBeNull();
    }
}
