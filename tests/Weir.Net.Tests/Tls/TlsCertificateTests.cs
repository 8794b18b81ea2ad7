using System.Text;
using Weir.Net.Tls;

namespace Weir.Net.Tests.Tls;

public sealed class TlsCertificateTests
{
    private static readonly TestCertificate _good = TestCertificate.Ecdsa("a.test");

    [Fact]
    public void A_pair_is_read_and_described()
    {
        TlsCertificate certificate = _good.Load();
        certificate.Names.ShouldBe(["a.test"]);
        certificate.NotAfter.ShouldBeGreaterThan(certificate.NotBefore);
        certificate.Covers("A.test").ShouldBeTrue();
        certificate.Covers("b.a.test").ShouldBeFalse();
    }

    [Fact]
    public void A_wildcard_covers_one_label()
    {
        TlsCertificate certificate = TestCertificate.Ecdsa("*.a.test").Load();
        certificate.Covers("b.a.test").ShouldBeTrue();
        certificate.Covers("c.b.a.test").ShouldBeFalse();
        certificate.Covers("a.test").ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "its", "it holds no certificate in PEM form", false)]
    [InlineData("its", "", "it holds no private key in PEM form", true)]
    [InlineData("broken", "its", "its certificate number 1 cannot be read", false)]
    [InlineData("its", "broken", "its key cannot be read", true)]
    [InlineData("its", "other", "its key is not the certificate's", true)]
    [InlineData("its", "encrypted", "its key is encrypted", true)]
    public void What_is_wrong_is_said_with_the_file_to_blame(string chain, string key, string expected, bool isKey)
    {
        byte[] chainPem = chain switch { "its" => _good.Pem, "broken" => Broken("CERTIFICATE"), _ => [] };
        byte[] keyPem = key switch
        {
            "its" => _good.KeyPem,
            "broken" => Broken("PRIVATE KEY"),
            "other" => TestCertificate.Ecdsa("b.test").KeyPem,
            "encrypted" => Broken("ENCRYPTED PRIVATE KEY"),
            _ => [],
        };
        TlsCertificate.TryRead(chainPem, keyPem, out string problem, out bool isKeyToBlame).ShouldBeNull();
        problem.ShouldStartWith(expected);
        isKeyToBlame.ShouldBe(isKey);
    }

    private static byte[] Broken(string label) => Encoding.ASCII.GetBytes($"-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
}
