using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.AuthOidc;

/// <summary>Options of `auth_oidc`.</summary>
public sealed record AuthOidcOptions
{
    [Option("The provider: its issuer, to the letter; what it offers is read from /.well-known/openid-configuration below it.",
        IsRequired = true, Example = "https://login.example.com")]
    public string Issuer { get; init; } = "";

    [Option("Who Weir is to the provider.", IsRequired = true, Example = "shop")]
    public string ClientId { get; init; } = "";

    [Option("The file of the secret that the provider gave. It is watched. Without one Weir is a public client, which PKCE alone protects.",
        Default = "none", IsSecretFile = true)]
    public string? ClientSecretFile { get; init; }

    [Option("How the secret is shown to the provider: basic (in Authorization) or post (among the parameters).")]
    public ClientAuthentication ClientAuthentication { get; init; } = ClientAuthentication.Basic;

    [Option("What is asked for; openid is always among it. offline_access asks many providers for a refresh token.",
        Example = "[openid, email, offline_access]")]
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile", "email"];

    [Option("More parameters of the request for a login.", Example = "{ prompt: select_account }")]
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("The path that the provider sends people back to: register https://HOST/PATH there.")]
    public string CallbackPath { get; init; } = "/.weir/login";

    [Option("The path that ends a session; where the provider can, also the one there.")]
    public string LogoutPath { get; init; } = "/.weir/logout";

    [Option("The path that people get to after they logged out: register https://HOST/PATH at the provider. Else a page says that they did.",
        Default = "none", Example = "/goodbye")]
    public string? AfterLogout { get; init; }

    [Option("The algorithms that ID tokens may be signed by; what a token says of itself is never believed.", Default = "[RS256, PS256, ES256]")]
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    [Option("How far clocks may differ.", Min = "0s", Max = "5m")]
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    [Option("Fields of the request that tell the origin claims; what a client sends under those names never gets through.", Example = "{ X-User: sub }")]
    public IReadOnlyDictionary<string, string> Claims { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Claims that must have one of these values, as their whole or, of a list, a part; else 403.", Example = "{ groups: [staff] }")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Require { get; init; } = ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;

    [Option("How long a session lasts, however busy it is.", Min = "1m", Max = "30d")]
    public TimeSpan Session { get; init; } = TimeSpan.FromHours(12);

    [Option("How long a session lasts without a request.", Min = "1m", Max = "30d")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(2);

    [Option("The name of the session's cookie, behind __Host-.")]
    public string Cookie { get; init; } = "weir";

    [Option("The file of the keys that cookies are encrypted by: 64 hexadecimal digits a line, the one that encrypts first. It is watched. Without one there is a key a day, of a secret in the data directory, for all processes of that.",
        Default = "none", IsSecretFile = true)]
    public string? CookieKeysFile { get; init; }

    [Option("After which time the provider's description and keys are asked for again.", Min = "1m", Max = "7d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);
}
