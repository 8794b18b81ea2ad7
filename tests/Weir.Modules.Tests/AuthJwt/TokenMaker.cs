using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.Tests.AuthJwt;

/// <summary>An issuer: makes keys, tokens that are good, and tokens that are not.</summary>
internal sealed class TokenMaker : IDisposable
{
    public const string Issuer = "https://login.test/";
    public const string Head = """{"alg":"ES256","kid":"e1","typ":"JWT"}""";

    // What FakeLoop's clock says.
    public const long Now = 1_700_000_000;

    private static readonly RSA _rsa = RSA.Create(2048);

    public static readonly string Claims = $$"""{"iss":"{{Issuer}}","aud":"shop","exp":{{Now + 60}},"sub":"bea"}""";

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Made once: that takes long.</summary>
    public RSA Rsa => _rsa;

    public byte[] Secret { get; } = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    /// <summary>The public keys as a key set.</summary>
    public string KeySet(string curveId = "e1", string more = "")
    {
        ECParameters point = Curve.ExportParameters(false);
        RSAParameters rsa = Rsa.ExportParameters(false);
        return $$"""
            {"keys":[
              {"kty":"EC","crv":"P-256","kid":"{{curveId}}","use":"sig","x":"{{Text(point.Q.X!)}}","y":"{{Text(point.Q.Y!)}}"},
              {"kty":"RSA","kid":"r1","n":"{{Text(rsa.Modulus!)}}","e":"{{Text(rsa.Exponent!)}}"},
              {"kty":"OKP","crv":"Ed25519","kid":"o1","x":"AAAA"}{{more}}
            ]}
            """;
    }

    /// <summary>A token signed on the curve.</summary>
    public string Sign(string? claims = null, string head = Head) =>
        Make(head, claims ?? Claims, octets => Curve.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public string SignByRsa(string head, RSASignaturePadding padding, HashAlgorithmName hash) =>
        Make(head, Claims, octets => Rsa.SignData(octets, hash, padding));

    public static string SignBySecret(string head, byte[] secret) => Make(head, Claims, octets => HMACSHA256.HashData(secret, octets));

    public static string Make(string head, string claims, Func<byte[], byte[]> sign)
    {
        string signed = $"{Text(Encoding.UTF8.GetBytes(head))}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Text(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Text(byte[] octets) => Base64Url.EncodeToString(octets);

    public void Dispose() => Curve.Dispose();
}
