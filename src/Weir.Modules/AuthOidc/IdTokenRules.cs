using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Judges ID tokens (OpenID Connect Core 1.0 sections 3.1.3.7 and 12.2): what is asked of any token, and who it was made for, when, for
/// which login and with which access token. Pure; any thread.
/// </summary>
internal sealed class IdTokenRules
{
    private const int LongestSubject = 255;

    private readonly TokenRules _rules;
    private readonly string _client;
    private readonly double _leewaySeconds;

    /// <param name="options">The options, checked.</param>
    /// <param name="algorithms">The algorithms that signatures may have.</param>
    public IdTokenRules(AuthOidcOptions options, SignatureAlgorithm[] algorithms)
    {
        _rules = new TokenRules(algorithms, options.Issuer, [options.ClientId], options.Leeway);
        _client = options.ClientId;
        _leewaySeconds = options.Leeway.TotalSeconds;
    }

    /// <summary>Reads the token of a login, or of a renewal; else says why it is not good.</summary>
    /// <param name="token">The token.</param>
    /// <param name="keys">The provider's keys.</param>
    /// <param name="expected">What it must hold.</param>
    /// <param name="nowUnixMs">The time.</param>
    /// <param name="verified">The token, which is the caller's to dispose of; null: it is not good.</param>
    public TokenOutcome? Read(ReadOnlySpan<byte> token, KeySet keys, ExpectedToken expected, long nowUnixMs, out VerifiedToken? verified)
    {
        if (_rules.Read(token, keys, nowUnixMs, out verified) is { } refusal)
        {
            return refusal;
        }

        if (ProblemOf(verified!, expected, nowUnixMs / 1000.0) is { } problem)
        {
            verified!.Dispose();
            verified = null;
            return TokenOutcome.Not(TokenKind.Bad, problem);
        }

        return null;
    }

    private string? ProblemOf(VerifiedToken token, ExpectedToken expected, double now)
    {
        JsonElement claims = token.Claims;
        if (!claims.TryGetProperty("sub", out JsonElement subject) || subject.ValueKind != JsonValueKind.String
            || subject.GetString() is not { Length: > 0 and <= LongestSubject })
        {
            return "it does not say whom it is about (sub)";
        }

        if (expected.Subject is not null && !subject.ValueEquals(expected.Subject))
        {
            return "it is about somebody else than the session";
        }

        if (!IsForUsAlone(claims))
        {
            return "it is made for another client (azp), or for several";
        }

        if (!TokenRules.TryTime(claims, "iat", out double? made) || made is null)
        {
            return "it does not say when it was made (iat)";
        }

        return made - _leewaySeconds > now ? "it was made in the future"
            : expected.Nonce is not null && !HasNonce(claims, expected.Nonce) ? "it is for another login (nonce)"
            : HashProblem(token, expected.AccessToken);
    }

    private bool IsForUsAlone(JsonElement claims)
    {
        bool isNamed = claims.TryGetProperty("azp", out _);
        bool isForSeveral = claims.GetProperty("aud") is { ValueKind: JsonValueKind.Array } audience && audience.GetArrayLength() > 1;
        return isNamed ? TokenRules.IsText(claims, "azp", _client) : !isForSeveral;
    }

    private static bool HasNonce(JsonElement claims, string wanted) =>
        claims.TryGetProperty("nonce", out JsonElement nonce) && nonce.ValueKind == JsonValueKind.String
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(nonce.GetString()!), Encoding.UTF8.GetBytes(wanted));

    // OpenID Connect Core 1.0 section 3.1.3.8: the left half of the access token's hash.
    private static string? HashProblem(VerifiedToken token, string? accessToken)
    {
        if (!token.Claims.TryGetProperty("at_hash", out JsonElement given) || accessToken is null)
        {
            return null;
        }

        byte[] hash = CryptographicOperations.HashData(token.Algorithm.Hash, Encoding.UTF8.GetBytes(accessToken));
        return given.ValueKind == JsonValueKind.String && given.ValueEquals(Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2)))
            ? null
            : "it was made with another access token (at_hash)";
    }
}
