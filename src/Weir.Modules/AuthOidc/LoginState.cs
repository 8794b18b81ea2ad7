using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// A login that has begun, as an encrypted cookie of the browser holds it: no table of ours grows by who begins logins. Its secrets are all
/// made of one, so that the cookie is short: the version that the sealer writes, the secret, the end, whether it is https, the host, and
/// behind a blank where the browser wants to get to.
/// </summary>
internal sealed record LoginState
{
    private const int SecretOctets = 32;
    private const int EndAt = SecretOctets;
    private const int SchemeAt = EndAt + sizeof(long);
    private const int TextAt = SchemeAt + 1;
    private const int StateOctets = 16;
    private const int NonceOctets = 16;

    private readonly byte[] _secret;

    private LoginState(byte[] secret)
    {
        _secret = secret;

        // One result, parted: who sees the state in an address, and the nonce in a token, learns nothing of the verifier.
        Span<byte> made = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(secret, "weir auth_oidc login"u8, made);
        Id = BinaryPrimitives.ReadUInt64LittleEndian(made);
        State = Base64Url.EncodeToString(made[..StateOctets]);
        Nonce = Base64Url.EncodeToString(made.Slice(StateOctets, NonceOctets));
        Verifier = Base64Url.EncodeToString(made[(StateOctets + NonceOctets)..]);
    }

    /// <summary>What the provider must give back.</summary>
    public string State { get; }

    /// <summary>What the ID token must hold.</summary>
    public string Nonce { get; }

    /// <summary>What proves that who began is who ends (RFC 7636).</summary>
    public string Verifier { get; }

    /// <summary>Tells it from others.</summary>
    public ulong Id { get; }

    /// <summary>Until when it can be completed, in seconds since 1970.</summary>
    public required long EndsAt { get; init; }

    /// <summary>Whether the browser is to come back by https.</summary>
    public required bool IsHttps { get; init; }

    /// <summary>The host to which it is to come back, with its port; printable ASCII without a blank.</summary>
    public required string Authority { get; init; }

    /// <summary>What was asked for: a path of this site, with its query.</summary>
    public required string Return { get; init; }

    /// <summary>Where the browser is to come back to.</summary>
    public string Origin => $"{(IsHttps ? "https" : "http")}://{Authority}";

    /// <summary>One that begins now.</summary>
    public static LoginState Begin(string authority, bool isHttps, string target, long endsAt) =>
        new(RandomNumberGenerator.GetBytes(SecretOctets)) { Authority = authority, IsHttps = isHttps, Return = target, EndsAt = endsAt };

    /// <summary>As the cookie holds it.</summary>
    public byte[] Write()
    {
        byte[] text = Encoding.ASCII.GetBytes($"{Authority} {Return}");
        byte[] octets = new byte[TextAt + text.Length];
        _secret.CopyTo(octets, 0);
        BinaryPrimitives.WriteInt64LittleEndian(octets.AsSpan(EndAt), EndsAt);
        octets[SchemeAt] = IsHttps ? (byte)1 : (byte)0;
        text.CopyTo(octets, TextAt);
        return octets;
    }

    /// <summary>Reads what a cookie held; null: it is none.</summary>
    public static LoginState? Read(byte[] octets)
    {
        if (octets.Length < TextAt || Array.IndexOf(octets, (byte)' ', TextAt) is not (> 0 and int blank))
        {
            return null;
        }

        return new LoginState(octets[..SecretOctets])
        {
            EndsAt = BinaryPrimitives.ReadInt64LittleEndian(octets.AsSpan(EndAt)),
            IsHttps = octets[SchemeAt] == 1,
            Authority = Encoding.ASCII.GetString(octets, TextAt, blank - TextAt),
            Return = Encoding.ASCII.GetString(octets, blank + 1, octets.Length - blank - 1),
        };
    }

    /// <summary>Nothing of what it holds.</summary>
    public override string ToString() => "(login)";
}
