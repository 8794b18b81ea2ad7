using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.AuthJwt;

/// <summary>Options of `auth_jwt`.</summary>
public sealed record AuthJwtOptions
{
    [Option("The file of the issuer's public keys, a JSON Web Key Set. It is watched.", Default = "none", Example = "jwks.json")]
    public string? KeysFile { get; init; }

    [Option("The URL of the issuer's public keys, a JSON Web Key Set. It is asked for anew after `refresh`, and when a token names a key that is not known.",
        Default = "none", Example = "https://login.example.com/.well-known/jwks.json")]
    public string? KeysUrl { get; init; }

    [Option("The file of the secret that tokens are signed by, for HS256, HS384 and HS512: at least 32 octets. It is watched.",
        Default = "none", IsSecretFile = true)]
    public string? SecretFile { get; init; }

    [Option("The algorithms that signatures may have; what a token says of itself is never believed.",
        Default = "[RS256, PS256, ES256], with secret_file [HS256]", Example = "[ES256, ES384]")]
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    [Option("Who must have issued the token: its `iss`.", IsRequired = true, Example = "https://login.example.com/")]
    public string Issuer { get; init; } = "";

    [Option("Whom the token must be for: one of these is in its `aud`.", IsRequired = true, Example = "[shop]")]
    public IReadOnlyList<string> Audience { get; init; } = [];

    [Option("How far clocks may differ.", Min = "0s", Max = "5m")]
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    [Option("A cookie that holds the token where Authorization has none.", Default = "none", Example = "session")]
    public string? Cookie { get; init; }

    [Option("Fields of the request that tell the origin claims; what a client sends under those names never gets through.", Example = "{ X-User: sub }")]
    public IReadOnlyDictionary<string, string> Claims { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Claims that must have one of these values, as their whole or, of a list, a part; else 403. `scope` is a list parted by blanks.",
        Example = "{ roles: [admin, editor] }")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Require { get; init; } = ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;

    [Option("Whether the token is taken out of the request, with Authorization and the cookie; else the origin gets both as they were sent.")]
    public bool Hide { get; init; }

    [Option("After which time `keys_url` is asked again.", Min = "1m", Max = "7d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);
}
