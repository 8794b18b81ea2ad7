using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Acme;

/// <summary>Signed messages in the flattened JSON form (RFC 7515 section 7.2.2), as RFC 8555 section 6.2 wants them.</summary>
internal static class Jws
{
    /// <summary>A message of an account.</summary>
    /// <param name="key">The account's key.</param>
    /// <param name="account">The account's URL; null: it has none yet, and the key itself is sent.</param>
    /// <param name="nonce">The nonce that the issuer gave.</param>
    /// <param name="url">Where it is sent.</param>
    /// <param name="payload">JSON; empty for POST-as-GET.</param>
    public static byte[] Sign(AccountKey key, string? account, string nonce, string url, string payload)
    {
        string head = Write(writer =>
        {
            writer.WriteString("alg", "ES256");
            if (account is not null)
            {
                writer.WriteString("kid", account);
            }
            else
            {
                writer.WritePropertyName("jwk");
                writer.WriteRawValue(key.Jwk);
            }

            writer.WriteString("nonce", nonce);
            writer.WriteString("url", url);
        });
        return Finish(head, payload, signed => key.Sign(signed));
    }

    /// <summary>The binding of an account to one that the issuer knows otherwise (RFC 8555 section 7.3.4), as JSON.</summary>
    public static string Bind(AccountKey key, string keyId, byte[] secret, string url)
    {
        string head = Write(writer =>
        {
            writer.WriteString("alg", "HS256");
            writer.WriteString("kid", keyId);
            writer.WriteString("url", url);
        });
        return Encoding.UTF8.GetString(Finish(head, key.Jwk, signed => HMACSHA256.HashData(secret, signed)));
    }

    /// <summary>
    /// What a new key says of itself inside a message of the old one (RFC 8555 section 7.3.5), as JSON: no nonce, and the key itself.
    /// </summary>
    public static string Introduce(AccountKey key, string url, string payload)
    {
        string head = Write(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WritePropertyName("jwk");
            writer.WriteRawValue(key.Jwk);
            writer.WriteString("url", url);
        });
        return Encoding.UTF8.GetString(Finish(head, payload, signed => key.Sign(signed)));
    }

    private static byte[] Finish(string head, string payload, Func<byte[], byte[]> sign)
    {
        string protectedPart = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head));
        string payloadPart = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        byte[] signature = sign(Encoding.ASCII.GetBytes($"{protectedPart}.{payloadPart}"));
        return Encoding.UTF8.GetBytes(Write(writer =>
        {
            writer.WriteString("protected", protectedPart);
            writer.WriteString("payload", payloadPart);
            writer.WriteString("signature", Base64Url.EncodeToString(signature));
        }));
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        ArrayBufferWriter<byte> octets = new();
        using (Utf8JsonWriter writer = new(octets))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(octets.WrittenSpan);
    }
}
