using Weir.Abstractions.Options;

namespace Weir.Modules.Challenge;

/// <summary>A bot that signs its requests (RFC 9421).</summary>
public sealed record SignedBotOptions
{
    [Option("The bot's name in logs and traces.", IsRequired = true, Example = "searcher")]
    public string Name { get; init; } = "";

    [Option("The file of its public keys, a JSON Web Key Set. It is watched.", Default = "none", Example = "searcher.json")]
    public string? KeysFile { get; init; }

    [Option("The https URL of its public keys, a JSON Web Key Set; asked for anew after `refresh`, and when a signature names a key that is not known.",
        Default = "none", Example = "https://bot.example/.well-known/http-message-signatures-directory")]
    public string? KeysUrl { get; init; }

    [Option("The file of a secret that both sides have, for hmac-sha256: at least 32 octets. It is watched.", Default = "none", IsSecretFile = true)]
    public string? SecretFile { get; init; }

    [Option("The algorithms that its signatures may have: ed25519, rsa-pss-sha512, rsa-v1_5-sha256, ecdsa-p256-sha256, ecdsa-p384-sha384, hmac-sha256.",
        Default = "[ed25519, rsa-pss-sha512, ecdsa-p256-sha256, ecdsa-p384-sha384], with secret_file [hmac-sha256]", Example = "[ed25519]")]
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    [Option("The `tag` that its signatures have.")]
    public string Tag { get; init; } = "web-bot-auth";

    [Option("What its Signature-Agent says, which must be signed too.", Default = "not looked at", Example = "https://bot.example")]
    public string? Agent { get; init; }

    [Option("What must be signed at least.", Example = "[\"@authority\", \"@method\"]")]
    public IReadOnlyList<string> Covers { get; init; } = ["@authority"];

    [Option("How old a signature may be, whatever it says itself.", Min = "1s", Max = "1d")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);

    [Option("How far clocks may differ.", Min = "0s", Max = "5m")]
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    [Option("Whether each signature must bring a `nonce`, and is good for one request only.")]
    public bool Once { get; init; }

    [Option("After which time `keys_url` is asked again.", Min = "1m", Max = "7d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);
}
