using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Acme;

namespace Weir.Tests.Acme;

public sealed class SignedMessageTests
{
    [Fact]
    public void The_thumbprint_of_the_RFCs_example_is_the_RFCs()
    {
        // RFC 7638 section 3.1.
        const string Jwk = """{"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}""";
        AccountKey.ThumbprintOf(Jwk).ShouldBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    [Fact]
    public void A_key_is_written_with_its_members_in_order_and_proves_a_token()
    {
        using AccountKey key = AccountKey.Make();
        key.Jwk.ShouldMatch("^\\{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"[A-Za-z0-9_-]{43}\",\"y\":\"[A-Za-z0-9_-]{43}\"\\}$");
        key.Authorize("token").ShouldBe($"token.{key.Thumbprint}");
        using AccountKey? again = AccountKey.TryRead(key.ExportPem());
        again.ShouldNotBeNull().Thumbprint.ShouldBe(key.Thumbprint);
        AccountKey.TryRead("no key").ShouldBeNull();
        using RSA rsa = RSA.Create(2048);
        AccountKey.TryRead(rsa.ExportPkcs8PrivateKeyPem()).ShouldBeNull();
    }

    [Fact]
    public void A_message_names_the_key_before_there_is_an_account_and_the_account_afterwards()
    {
        using AccountKey key = AccountKey.Make();
        using JsonDocument first = Head(Jws.Sign(key, null, "nonce-1", "https://acme.test/new", "{}"));
        first.RootElement.GetProperty("jwk").GetRawText().ShouldBe(key.Jwk);
        first.RootElement.TryGetProperty("kid", out _).ShouldBeFalse();
        using JsonDocument later = Head(Jws.Sign(key, "https://acme.test/account/1", "nonce-2", "https://acme.test/order", ""));
        later.RootElement.GetProperty("kid").GetString().ShouldBe("https://acme.test/account/1");
        later.RootElement.GetProperty("nonce").GetString().ShouldBe("nonce-2");
        later.RootElement.GetProperty("url").GetString().ShouldBe("https://acme.test/order");
        later.RootElement.TryGetProperty("jwk", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_message_is_signed_over_head_and_payload_and_POST_as_GET_has_an_empty_one()
    {
        using AccountKey key = AccountKey.Make();
        using JsonDocument message = JsonDocument.Parse(Jws.Sign(key, "kid", "nonce", "https://acme.test/", ""));
        string head = message.RootElement.GetProperty("protected").GetString()!;
        message.RootElement.GetProperty("payload").GetString().ShouldBe("");
        using ECDsa verifier = ECDsa.Create();
        verifier.ImportFromPem(key.ExportPem());
        verifier.VerifyData(
            Encoding.ASCII.GetBytes(head + "."), Base64Url.DecodeFromChars(message.RootElement.GetProperty("signature").GetString()),
            HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation).ShouldBeTrue();
    }

    [Fact]
    public void A_binding_holds_the_accounts_key_and_is_signed_with_the_issuers_secret()
    {
        using AccountKey key = AccountKey.Make();
        byte[] secret = [1, 2, 3];
        using JsonDocument binding = JsonDocument.Parse(Jws.Bind(key, "kid-1", secret, "https://acme.test/new"));
        string head = binding.RootElement.GetProperty("protected").GetString()!;
        string payload = binding.RootElement.GetProperty("payload").GetString()!;
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(head)).ShouldBe("""{"alg":"HS256","kid":"kid-1","url":"https://acme.test/new"}""");
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload)).ShouldBe(key.Jwk);
        binding.RootElement.GetProperty("signature").GetString().ShouldBe(
            Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{head}.{payload}"))));
    }

    private static JsonDocument Head(byte[] message)
    {
        using JsonDocument parsed = JsonDocument.Parse(message);
        return JsonDocument.Parse(Base64Url.DecodeFromChars(parsed.RootElement.GetProperty("protected").GetString()));
    }
}
