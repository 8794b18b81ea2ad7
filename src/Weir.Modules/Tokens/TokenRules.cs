using System.Text;
using System.Text.Json;

namespace Weir.Modules.Tokens;

/// <summary>
/// Judges tokens (RFC 7519, with the advice of RFC 8725). 1 three parts of base64url 2 a head with an algorithm of the configuration, and
/// nothing that must be understood and is not 3 a signature by a key of that algorithm's kind 4 claims: issuer, audience, times. Pure; any
/// thread.
/// </summary>
internal sealed class TokenRules
{
    /// <summary>What is longer is not read.</summary>
    public const int MostOctets = 8 * 1024;

    private const int MostCandidates = 16;
    private const double LatestSeconds = 253_402_300_799;

    // RFC 8725 section 2.4: parsers that take the first of two members, or the last, disagree about what was signed.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly SignatureAlgorithm[] _algorithms;
    private readonly string _issuer;
    private readonly string[] _audience;
    private readonly double _leewaySeconds;

    /// <param name="algorithms">The algorithms that signatures may have.</param>
    /// <param name="issuer">Who must have made it.</param>
    /// <param name="audience">For whom it may be.</param>
    /// <param name="leeway">How far clocks may differ.</param>
    public TokenRules(SignatureAlgorithm[] algorithms, string issuer, IReadOnlyList<string> audience, TimeSpan leeway)
    {
        _algorithms = algorithms;
        _issuer = issuer;
        _audience = [.. audience];
        _leewaySeconds = leeway.TotalSeconds;
    }

    /// <summary>Reads a token that is good; else says why it is not.</summary>
    /// <param name="token">The token, of bounded length.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="nowUnixMs">The time.</param>
    /// <param name="verified">The token, which is the caller's to dispose of; null: it is not good.</param>
    public TokenOutcome? Read(ReadOnlySpan<byte> token, KeySet keys, long nowUnixMs, out VerifiedToken? verified)
    {
        verified = null;
        int first = token.IndexOf((byte)'.');
        int last = token.LastIndexOf((byte)'.');
        if (first <= 0 || last == first || token[(first + 1)..last].Contains((byte)'.')
            || Base64UrlText.Decode(token[..first]) is not { } head
            || Base64UrlText.Decode(token[(first + 1)..last]) is not { Length: > 0 } content
            || Base64UrlText.Decode(token[(last + 1)..]) is not { Length: > 0 } signature)
        {
            return TokenOutcome.Not(TokenKind.Bad, "it is not three parts of base64url");
        }

        TokenOutcome? problem = ReadHead(head, out SignatureAlgorithm? algorithm, out string? id);
        if (problem is not null)
        {
            return problem;
        }

        VerifyKey[] candidates = [.. keys.For(algorithm!, id).Take(MostCandidates)];
        if (candidates.Length == 0)
        {
            return TokenOutcome.Not(TokenKind.UnknownKey, "no key of the issuer is known by that name, for that algorithm");
        }

        ReadOnlySpan<byte> signed = token[..last];
        foreach (VerifyKey key in candidates)
        {
            if (key.Verifies(algorithm!, signed, signature))
            {
                return ReadClaims(content, algorithm!, nowUnixMs / 1000.0, out verified);
            }
        }

        return TokenOutcome.Not(TokenKind.Bad, "its signature is by none of the issuer's keys");
    }

    private TokenOutcome? ReadHead(byte[] octets, out SignatureAlgorithm? algorithm, out string? id)
    {
        algorithm = null;
        id = null;

        // Anybody can send a head, and the platform's reader throws where it is none.
        using JsonDocument? document = JsonGrammar.IsObject(octets) ? TryParse(octets) : null;
        if (document is null)
        {
            return TokenOutcome.Not(TokenKind.Bad, "its head is no JSON object, or has a member twice");
        }

        JsonElement head = document.RootElement;
        if (head.TryGetProperty("crit", out _))
        {
            // RFC 7515 section 4.1.11: who understands none of the extensions must refuse.
            return TokenOutcome.Not(TokenKind.Bad, "its head has extensions that must be understood (crit)");
        }

        // RFC 8725 section 3.1: what the head says picks among what is allowed, and nothing else. jwk, jku, x5u and x5c are never looked
        // at.
        string name = head.TryGetProperty("alg", out JsonElement alg) && alg.ValueKind == JsonValueKind.String ? alg.GetString()! : "";
        algorithm = Array.Find(_algorithms, allowed => allowed.Name == name);
        if (algorithm is null)
        {
            return TokenOutcome.Not(TokenKind.Bad, "its algorithm is not among those that are allowed");
        }

        if (head.TryGetProperty("kid", out JsonElement kid))
        {
            if (kid.ValueKind != JsonValueKind.String)
            {
                return TokenOutcome.Not(TokenKind.Bad, "its key's name is no text");
            }

            id = kid.GetString();
        }

        return null;
    }

    private TokenOutcome? ReadClaims(byte[] octets, SignatureAlgorithm algorithm, double now, out VerifiedToken? verified)
    {
        verified = null;
        JsonDocument? document = TryParse(octets);
        if (document is null)
        {
            return TokenOutcome.Not(TokenKind.Bad, "its claims are no JSON object, or have a member twice");
        }

        if (ProblemOf(document.RootElement, now, out double until) is { } problem)
        {
            document.Dispose();
            return TokenOutcome.Not(TokenKind.Bad, problem);
        }

        verified = new VerifiedToken(document, algorithm, (long)(until * 1000));
        return null;
    }

    private string? ProblemOf(JsonElement claims, double now, out double until)
    {
        until = 0;
        if (!IsText(claims, "iss", _issuer))
        {
            return "it is of another issuer";
        }

        if (!IsForUs(claims))
        {
            return "it is for another audience";
        }

        if (!TryTime(claims, "exp", out double? expires) || expires is null)
        {
            return "it has no time at which it ends (exp)";
        }

        until = expires.Value + _leewaySeconds;
        if (until <= now)
        {
            return "it has expired";
        }

        return !TryTime(claims, "nbf", out double? from) ? "the time from which it is good (nbf) is none"
            : from - _leewaySeconds > now ? "it is not good yet"
            : !TryTime(claims, "iat", out _) ? "the time at which it was made (iat) is none"
            : null;
    }

    // RFC 7519 section 4.1.3: a text, or a list of texts.
    private bool IsForUs(JsonElement claims) => claims.TryGetProperty("aud", out JsonElement audience) && audience.ValueKind switch
    {
        JsonValueKind.String => _audience.Contains(audience.GetString()),
        JsonValueKind.Array => audience.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            && audience.EnumerateArray().Any(one => _audience.Contains(one.GetString())),
        _ => false,
    };

    public static bool IsText(JsonElement claims, string name, string wanted) =>
        claims.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(wanted);

    /// <summary>A time that is not there is null; false: there is something else.</summary>
    public static bool TryTime(JsonElement claims, string name, out double? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out JsonElement value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double seconds)
            || seconds is not (>= 0 and <= LatestSeconds))
        {
            return false;
        }

        time = seconds;
        return true;
    }

    /// <summary>A JSON object, which is the caller's to dispose of, whose texts can all be read; null: it is none.</summary>
    public static JsonDocument? TryParse(byte[] octets)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(octets, _strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                // The platform takes octets that are no UTF-8, and half a surrogate, for texts until somebody reads them.
                if (!Ascii.IsValid(octets) || octets.AsSpan().IndexOf("\\u"u8) >= 0)
                {
                    ReadTexts(document.RootElement);
                }

                return document;
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // It is none.
        }

        document?.Dispose();
        return null;
    }

    private static void ReadTexts(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            _ = value.GetString();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement one in value.EnumerateArray())
            {
                ReadTexts(one);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                _ = member.Name;
                ReadTexts(member.Value);
            }
        }
    }
}
