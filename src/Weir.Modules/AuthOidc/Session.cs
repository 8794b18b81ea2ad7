using System.Text;
using System.Text.Json;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// Somebody who is logged in, as an encrypted cookie holds it: a JSON object of the session's id, its times, what it can be renewed with,
/// and the claims that somebody asks for. Immutable. Times are seconds since 1970.
/// </summary>
internal sealed record Session
{
    /// <summary>Tells it from others; nobody but us learns it.</summary>
    public required string Id { get; init; }

    /// <summary>When somebody logged in.</summary>
    public required long StartedAt { get; init; }

    /// <summary>When it was last known to be used.</summary>
    public required long SeenAt { get; init; }

    /// <summary>From when on it is to be renewed at the provider; 0: never.</summary>
    public long DueAt { get; init; }

    /// <summary>When it ends, unless it is renewed; 0: with its time.</summary>
    public long TokensEndAt { get; init; }

    /// <summary>What it is renewed with; null: it cannot be.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>The claims, as a JSON object.</summary>
    public required byte[] Claims { get; init; }

    /// <summary>What comes of the claims.</summary>
    public required TokenOutcome Outcome { get; init; }

    /// <summary>Whom it is of.</summary>
    public required string Subject { get; init; }

    /// <summary>The key that its cookie was encrypted by.</summary>
    public uint KeyId { get; init; }

    /// <summary>A session that begins: the claims of its ID token that somebody asks for.</summary>
    public static Session Begin(JsonElement token, OidcRealm realm, ClaimDemands demands, string id, long now)
    {
        byte[] claims = Pick(token, realm);
        using JsonDocument document = JsonDocument.Parse(claims);
        return new Session
        {
            Id = id,
            StartedAt = now,
            SeenAt = now,
            Claims = claims,
            Outcome = demands.Judge(document.RootElement, long.MaxValue),
            Subject = Text(document.RootElement, "sub")!,
        };
    }

    /// <summary>Reads what a cookie held; null: something is asked for that it does not hold, or it is of another version.</summary>
    public static Session? Read(byte[] octets, uint keyId, OidcRealm realm, ClaimDemands demands)
    {
        using JsonDocument? document = TokenRules.TryParse(octets);
        if (document is null || !document.RootElement.TryGetProperty("c", out JsonElement claims)
            || claims.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement root = document.RootElement;
        if (Text(root, "i") is not { } id || Text(claims, "sub") is not { } subject
            || !realm.Claims.All(name => claims.TryGetProperty(name, out _)))
        {
            return null;
        }

        return new Session
        {
            Id = id,
            StartedAt = Number(root, "t"),
            SeenAt = Number(root, "s"),
            DueAt = Number(root, "d"),
            TokensEndAt = Number(root, "e"),
            RefreshToken = Text(root, "r"),
            Claims = Encoding.UTF8.GetBytes(claims.GetRawText()),
            Outcome = demands.Judge(claims, long.MaxValue),
            Subject = subject,
            KeyId = keyId,
        };
    }

    /// <summary>As the cookie holds it.</summary>
    public byte[] Write()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("i"u8, Id);
            writer.WriteNumber("t"u8, StartedAt);
            writer.WriteNumber("s"u8, SeenAt);
            if (RefreshToken is not null)
            {
                writer.WriteNumber("d"u8, DueAt);
                writer.WriteNumber("e"u8, TokensEndAt);
                writer.WriteString("r"u8, RefreshToken);
            }

            writer.WritePropertyName("c"u8);
            writer.WriteRawValue(Claims);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Nothing of what it holds.</summary>
    public override string ToString() => "(session)";

    private static byte[] Pick(JsonElement token, OidcRealm realm)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            foreach (string name in realm.Claims)
            {
                writer.WritePropertyName(name);
                ClaimValues.WriteTo(writer, token, name);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number) ? number : 0;
}
