using System.Text.Json;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0 section 3), as far as it is used.</summary>
/// <param name="Authorization">Where people log in.</param>
/// <param name="Token">Where codes become tokens.</param>
/// <param name="Keys">Where its keys are.</param>
/// <param name="EndSession">Where sessions end; null: nowhere.</param>
/// <param name="SendsIssuer">Whether its answers name it (RFC 9207).</param>
internal sealed record ProviderSetup(string Authorization, string Token, string Keys, string? EndSession, bool SendsIssuer)
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads it, and lists mistakes as sentences.</summary>
    public static ProviderSetup Parse(byte[] octets, string issuer, List<string> mistakes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets, _strict);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                mistakes.Add("It is no JSON object.");
            }
            else if (!TokenRules.IsText(root, "issuer", issuer))
            {
                // OpenID Connect Discovery 1.0 section 4.3: to the letter, or one provider could speak for another.
                mistakes.Add($"It is of another issuer than \"{issuer}\": write `issuer` as it has it, if that is the one that is meant.");
            }
            else
            {
                return Read(root, mistakes);
            }
        }
        catch (JsonException exception)
        {
            mistakes.Add($"It is no JSON: {exception.Message}");
        }

        return new ProviderSetup("", "", "", null, SendsIssuer: false);
    }

    private static ProviderSetup Read(JsonElement root, List<string> mistakes)
    {
        string? endSession = Text(root, "end_session_endpoint");
        bool sendsIssuer = root.TryGetProperty("authorization_response_iss_parameter_supported", out JsonElement sends)
            && sends.ValueKind == JsonValueKind.True;
        return new ProviderSetup(
            Address(root, "authorization_endpoint", mistakes), Address(root, "token_endpoint", mistakes), Address(
                root, "jwks_uri", mistakes),
            IssuerClient.MayAsk(endSession) ? endSession : null, sendsIssuer);
    }

    private static string Address(JsonElement root, string name, List<string> mistakes)
    {
        string? address = Text(root, name);
        if (!IssuerClient.MayAsk(address))
        {
            mistakes.Add($"Its {name} is no https URL.");
        }

        return address ?? "";
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
