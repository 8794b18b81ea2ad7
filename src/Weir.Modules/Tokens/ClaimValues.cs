using System.Text;
using System.Text.Json;

namespace Weir.Modules.Tokens;

/// <summary>
/// The values of claims. A claim is named by its member, or, where there is none of that name, by members in members with dots between.
/// </summary>
internal static class ClaimValues
{
    /// <summary>A claim's values: of a list each, of `scope` each word; none of what holds more than that.</summary>
    public static IEnumerable<string> Of(JsonElement claims, string name)
    {
        if (Find(claims, name) is not { } claim)
        {
            return [];
        }

        // RFC 8693 section 4.2.
        return claim.ValueKind == JsonValueKind.String && name is "scope" or "scp"
            ? claim.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : claim.ValueKind == JsonValueKind.Array ? claim.EnumerateArray().Select(Scalar).OfType<string>()
            : Scalar(claim) is { } one ? [one] : [];
    }

    /// <summary>
    /// A claim as the value of a field: a list with commas between, and %2C for a comma in one of them; null: there is none, or it holds
    /// more.
    /// </summary>
    public static byte[]? TextOf(JsonElement claims, string name)
    {
        if (Find(claims, name) is not { } claim)
        {
            return null;
        }

        if (claim.ValueKind != JsonValueKind.Array)
        {
            return Scalar(claim) is { } one ? Encoding.UTF8.GetBytes(one) : null;
        }

        string?[] values = [.. claim.EnumerateArray().Select(Scalar)];
        return values.Length == 0 || values.Contains(null)
            ? null
            : Encoding.UTF8.GetBytes(string.Join(',', values.Select(value => value!.Replace(",", "%2C", StringComparison.Ordinal))));
    }

    /// <summary>Writes a claim as it is, if it is a value or a list of values; else null.</summary>
    public static void WriteTo(Utf8JsonWriter writer, JsonElement claims, string name)
    {
        if (Find(claims, name) is not { } claim
            || (claim.ValueKind == JsonValueKind.Array ? claim.EnumerateArray().Any(one => Scalar(one) is null) : Scalar(claim) is null))
        {
            writer.WriteNullValue();
            return;
        }

        claim.WriteTo(writer);
    }

    private static JsonElement? Find(JsonElement claims, string name)
    {
        if (claims.TryGetProperty(name, out JsonElement whole))
        {
            return whole;
        }

        JsonElement at = claims;
        foreach (string member in name.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(member, out at))
            {
                return null;
            }
        }

        return at;
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
