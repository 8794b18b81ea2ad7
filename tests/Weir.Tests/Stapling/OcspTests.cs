using Weir.Net.Tls;

namespace Weir.Tests.Stapling;

/// <summary>Proves which OCSP responses are believed, against those that openssl makes.</summary>
public sealed class OcspTests : IDisposable
{
    private readonly OcspAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("V", OcspStatus.Good)]
    [InlineData("R", OcspStatus.Revoked)]
    [InlineData("-", OcspStatus.Unknown)]
    public void A_response_signed_by_the_issuer_is_read(string state, OcspStatus expected)
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        OcspAnswer answer = Ocsp.Read(certificate, _authority.Answer("a.test", state));
        answer.Status.ShouldBe(expected, answer.Problem);
        answer.ThisUpdate.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
        (answer.NextUpdate - answer.ThisUpdate).ShouldBe(TimeSpan.FromMinutes(60));
    }

    [Fact]
    public void Whom_the_issuer_gave_the_right_may_answer_and_nobody_else()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        string named = _authority.Delegate("responder", mayAnswer: true);
        string other = _authority.Delegate("other", mayAnswer: false);
        Ocsp.Read(certificate, _authority.Answer("a.test", signer: named)).Status.ShouldBe(OcspStatus.Good);
        OcspAnswer refused = Ocsp.Read(certificate, _authority.Answer("a.test", signer: other));
        refused.Status.ShouldBe(OcspStatus.Unusable);
        refused.Problem.ShouldContain("not signed by who may answer");

        // The site's own certificate is of the same issuer, too.
        Ocsp.Read(certificate, _authority.Answer("a.test", signer: "a.test")).Status.ShouldBe(OcspStatus.Unusable);
    }

    [Fact]
    public void An_answer_about_another_certificate_or_of_another_authority_is_not_believed()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        _authority.Issue("b.test");
        Ocsp.Read(certificate, _authority.Answer("b.test")).Problem.ShouldBe("it is about another certificate");
        using OcspAuthority foreign = new();
        foreign.Issue("a.test");
        Ocsp.Read(certificate, foreign.Answer("a.test")).Status.ShouldBe(OcspStatus.Unusable);
    }

    [Fact]
    public void A_response_with_any_octet_turned_over_or_missing_says_nothing_else()
    {
        TlsCertificate certificate = _authority.Issue("a.test");
        byte[] response = _authority.Answer("a.test");
        OcspAnswer whole = Ocsp.Read(certificate, response);
        int refused = 0;
        for (int i = 0; i < response.Length; i++)
        {
            byte[] changed = [.. response];
            changed[i] ^= 0x55;
            OcspAnswer answer = Ocsp.Read(certificate, changed);
            refused += answer.Status == OcspStatus.Unusable ? 1 : 0;

            // What is not signed, such as a certificate that came along, may change.
            (answer.Status == OcspStatus.Unusable || answer == whole).ShouldBeTrue($"octet {i}");
            Ocsp.Read(certificate, response.AsSpan(0, i)).Status.ShouldBe(OcspStatus.Unusable, $"{i} octets");
        }

        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_chain_without_its_issuer_has_nothing_to_ask_with()
    {
        TlsCertificate certificate = _authority.Issue("a.test", withIssuer: false);
        certificate.HasIssuer.ShouldBeFalse();
        Ocsp.RequestFor(certificate).ShouldBeNull();
        Ocsp.Read(certificate, _authority.Answer("a.test")).Problem.ShouldBe("the chain lacks the issuer");
    }

    [Fact]
    public void What_a_certificate_demands_and_names_is_read()
    {
        TlsCertificate certificate = _authority.Issue("a.test", "http://ocsp.test/x", mustStaple: true);
        certificate.MustStaple.ShouldBeTrue();
        certificate.Responders.ShouldBe([new Uri("http://ocsp.test/x")]);
        _authority.Issue("b.test", "https://ocsp.test/").Responders.ShouldBeEmpty("https would ask about itself.");
    }
}
