using System.Globalization;
using System.Text.Json;

namespace Weir.Modules.AuthOidc;

/// <summary>A login that has begun, as an encrypted cookie of the browser holds it: no table of ours grows by who begins logins.</summary>
/// <param name="State">What the provider must give back.</param>
/// <param name="Nonce">What the ID token must hold.</param>
/// <param name="Verifier">What proves that who began is who ends (RFC 7636).</param>
/// <param name="Callback">The address that the provider was told to send the browser back to.</param>
/// <param name="Return">What was asked for: a path of this site, with its query.</param>
/// <param name="EndsAt">Until when it can be completed, in seconds since 1970.</param>
internal sealed record LoginState(string State, string Nonce, string Verifier, string Callback, string Return, long EndsAt)
{
    /// <summary>As the cookie holds it.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new[] { State, Nonce, Verifier, Callback, Return, EndsAt.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Reads what a cookie held; null: it is none.</summary>
    public static LoginState? Read(byte[] octets)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(octets) is [{ } state, { } nonce, { } verifier, { } callback, { } target, { } ends]
                && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out long endsAt)
                ? new LoginState(state, nonce, verifier, callback, target, endsAt)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Nothing of what it holds.</summary>
    public override string ToString() => "(login)";
}
