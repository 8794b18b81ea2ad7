using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Acme;

/// <summary>An account's key: ECDSA over P-256, which every issuer takes (RFC 8555 section 6.2).</summary>
internal sealed class AccountKey : IDisposable
{
    private readonly ECDsa _key;

    private AccountKey(ECDsa key)
    {
        _key = key;
        ECParameters point = key.ExportParameters(includePrivateParameters: false);
        Jwk = WriteJwk(point.Q.X!, point.Q.Y!);
        Thumbprint = ThumbprintOf(Jwk);
    }

    /// <summary>The public key as a JSON Web Key, in the form that its thumbprint is made from (RFC 7638 section 3).</summary>
    public string Jwk { get; }

    /// <summary>The key's thumbprint (RFC 7638), in base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>A new key.</summary>
    public static AccountKey Make() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key from PEM. Null: there is none on P-256 in it.</summary>
    public static AccountKey? TryRead(string pem)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256)
            {
                return new AccountKey(key);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Told by null.
        }

        key.Dispose();
        return null;
    }

    /// <summary>
    /// The canonical JSON of a point on P-256: the members that RFC 7638 section 3.2 asks for, in lexical order, without blanks.
    /// </summary>
    public static string WriteJwk(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""";

    /// <summary>The thumbprint of a key in canonical form (RFC 7638 section 3.1), in base64url.</summary>
    public static string ThumbprintOf(string jwk) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(jwk)));

    /// <summary>The key with its secret, in PEM: for a private file.</summary>
    public string ExportPem() => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>RFC 7518 section 3.4: the two numbers one behind the other.</summary>
    public byte[] Sign(ReadOnlySpan<byte> octets) =>
        _key.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>What proves a challenge (RFC 8555 section 8.1).</summary>
    public string Authorize(string token) => $"{token}.{Thumbprint}";

    public void Dispose() => _key.Dispose();
}
