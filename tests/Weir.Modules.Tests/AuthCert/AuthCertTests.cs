using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Modules.AuthCert;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.AuthCert;

public sealed class AuthCertTests
{
    [Theory]
    [InlineData("CN=alice, O=Example", true)]
    [InlineData("CN=alice,O=Example", true)]
    [InlineData("O=Example, CN=alice", false)]
    [InlineData("CN=alice", false)]
    [InlineData("CN=alic, O=Example", false)]
    public void A_subject_is_compared_whole(string listed, bool isLetIn)
    {
        using X509Certificate2 certificate = Certificate("CN=alice, O=Example");
        Run(new AuthCertOptions { Subjects = [listed] }, certificate).Error.ShouldBe(isLetIn ? null : ProxyErrors.AuthForbidden);
    }

    [Fact]
    public void A_part_of_a_subject_cannot_pretend_to_be_two()
    {
        using X509Certificate2 certificate = Certificate("CN=\"alice, O=Example\"");
        Run(new AuthCertOptions { Subjects = ["CN=alice, O=Example"] }, certificate).Error.ShouldBe(ProxyErrors.AuthForbidden);
    }

    [Fact]
    public void A_fingerprint_lets_one_certificate_in()
    {
        using X509Certificate2 certificate = Certificate("CN=alice");
        using X509Certificate2 other = Certificate("CN=alice");
        string digits = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        string colons = string.Join(':', digits.Chunk(2).Select(pair => new string(pair)));
        Run(new AuthCertOptions { Fingerprints = [digits] }, certificate).Error.ShouldBeNull();
        Run(new AuthCertOptions { Fingerprints = [colons] }, certificate).Error.ShouldBeNull();
        Run(new AuthCertOptions { Fingerprints = [digits] }, other).Error.ShouldBe(ProxyErrors.AuthForbidden);
    }

    [Fact]
    public void Who_shows_none_stays_out_also_without_TLS()
    {
        AuthCertOptions options = new() { Subjects = ["CN=alice"] };
        Run(options, null).Error.ShouldBe(ProxyErrors.AuthForbidden);
        new TestExchange().RunRequest(new TestBuilder().Make(new AuthCertFactory(), options)).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void The_origin_is_told_the_subject_and_never_what_a_client_claims()
    {
        using X509Certificate2 certificate = Certificate("CN=alice");
        AuthCertOptions options = new() { Subjects = ["CN=alice"], SubjectHeader = "X-Subject" };
        Run(options, certificate, "X-Subject: CN=root", "x_subject: CN=root").Request.Fields.ToString().ShouldBe("X-Subject: CN=alice\r\n");
        Run(options, null, "X-Subject: CN=root").Request.Fields.ToString().ShouldBeEmpty();
    }

    private static Exchange Run(AuthCertOptions options, X509Certificate2? certificate, params string[] fields)
    {
        TestExchange exchange = new("GET /", fields);
        ConnectionInfo connection = new(7, TestExchange.Address("192.0.2.9"), 1, default, 443, true, ":443")
        {
            Tls = new TlsDetails
            {
                Version = "TLSv1.3",
                Cipher = "",
                ClientCertificate = certificate?.RawData,
                Policy = new TlsPolicy("a", "required", "", []),
                Policies = new TlsPolicies(),
            },
        };
        exchange.Exchange.Begin(connection, new FakeClient(), new FakeLoop());
        exchange.RunRequest(new TestBuilder().Make(new AuthCertFactory(), options));
        return exchange.Exchange;
    }

    private static X509Certificate2 Certificate(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
    }
}
