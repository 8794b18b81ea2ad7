using System.Text.Json;

namespace Weir.Modules.Tokens;

/// <summary>A token whose signature, issuer, audience and times are good.</summary>
/// <param name="Document">Its claims.</param>
/// <param name="Algorithm">What it is signed by.</param>
/// <param name="UntilUnixMs">Until when it is good.</param>
internal sealed record VerifiedToken(JsonDocument Document, SignatureAlgorithm Algorithm, long UntilUnixMs) : IDisposable
{
    /// <summary>Its claims.</summary>
    public JsonElement Claims => Document.RootElement;

    public void Dispose() => Document.Dispose();
}
