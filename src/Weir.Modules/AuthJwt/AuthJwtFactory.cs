using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthJwt;

/// <summary>Makes `auth_jwt`.</summary>
public sealed class AuthJwtFactory : ModuleFactory<AuthJwtOptions>
{
    /// <inheritdoc/>
    public override string Name => "auth_jwt";

    /// <inheritdoc/>
    public override string Summary => "Asks for a JSON Web Token of an issuer, and tells the origin what it claims.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_jwt");

    /// <inheritdoc/>
    protected override IModule? Create(AuthJwtOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        SignatureAlgorithm[] algorithms = ReadAlgorithms(check, options);
        CheckClaims(check, options);
        OwnField?[] fields = [.. options.Claims.Keys.Select(name => OwnField.Read(check, $"claims.{name}", name))];
        if (options.Cookie is { } cookie && !FieldSyntax.IsToken(Encoding.UTF8.GetBytes(cookie)))
        {
            check.Error("cookie", $"\"{cookie}\" is no name of a cookie.", "Use letters, digits, \"_\" and \"-\".");
        }

        KeySource? keys = OpenKeys(check, options);
        if (check.HasErrors || keys is null)
        {
            keys?.Dispose();
            return null;
        }

        TokenRules rules = new(algorithms, options.Issuer, options.Audience, options.Leeway);
        return new AuthJwtModule(keys, rules, new ClaimDemands(options.Claims, options.Require), [.. fields.OfType<OwnField>()])
        {
            Cookie = options.Cookie is null ? null : Encoding.ASCII.GetBytes(options.Cookie),
            Hides = options.Hide,
        };
    }

    private static SignatureAlgorithm[] ReadAlgorithms(CheckedBuilder check, AuthJwtOptions options)
    {
        bool isSecret = options.SecretFile is not null;
        IReadOnlyList<string> names = options.Algorithms.Count > 0 ? options.Algorithms
            : isSecret ? ["HS256"]
            : ["RS256", "PS256", "ES256"];
        List<SignatureAlgorithm> algorithms = [];
        foreach (string name in names)
        {
            if (TokenAlgorithms.Find(name) is not { } algorithm)
            {
                string cause = name == "EdDSA"
                    ? "EdDSA is not among what this platform verifies."
                    : $"\"{name}\" is no algorithm that is known.";
                check.Error("algorithms", cause, $"Use some of {string.Join(", ", TokenAlgorithms.Names)}.");
            }
            else if (algorithm.IsSecret != isSecret)
            {
                // RFC 8725 section 2.1: with both kinds, a public key could be taken for a secret.
                check.Error(
                    "algorithms", $"{name} needs {(algorithm.IsSecret ? "secret_file" : "keys_file or keys_url")}, and the other kind of key is given.",
                    "Write a module for each issuer: one takes secrets, or public keys.");
            }
            else
            {
                algorithms.Add(algorithm);
            }
        }

        return [.. algorithms];
    }

    private static void CheckClaims(CheckedBuilder check, AuthJwtOptions options)
    {
        if (options.Issuer.Length == 0)
        {
            check.Error("issuer", "No issuer is given.", "Write what tokens have as `iss`, to the letter.");
        }

        if (options.Audience.Count == 0 || options.Audience.Contains(""))
        {
            check.Error("audience", "No audience is given, so tokens for other services would be let in.", "Write what tokens for this one have as `aud`.");
        }

        ClaimDemands.Check(check, options.Require);
    }

    private static KeySource? OpenKeys(CheckedBuilder check, AuthJwtOptions options)
    {
        int given = (options.KeysFile is null ? 0 : 1) + (options.KeysUrl is null ? 0 : 1) + (options.SecretFile is null ? 0 : 1);
        if (given != 1)
        {
            check.Error("", given == 0 ? "It has no keys." : "It has keys from several places.", "Write one of keys_file, keys_url and secret_file.");
            return null;
        }

        if (options.KeysUrl is { } address)
        {
            if (!IssuerClient.MayAsk(address))
            {
                check.Error(
                    "keys_url", $"\"{address}\" is no https URL.",
                    "Whoever can change the keys on their way can make tokens: only on this machine http will do.");
                return null;
            }

            return UrlKeys.OfIssuer(address, options.Refresh, check.Log);
        }

        WatchedContent<KeySet>? file = options.KeysFile is { } name
            ? WatchedContent<KeySet>.Open(
                check, "keys_file", name, KeySet.Parse, "Put the issuer's key set there, as its jwks_uri gives it.")
            : WatchedContent<KeySet>.Open(
                check, "secret_file", options.SecretFile!, KeySet.ParseSecret, "Make one with `openssl rand -hex 32`.");
        return file is null ? null : new FileKeys(file);
    }
}
