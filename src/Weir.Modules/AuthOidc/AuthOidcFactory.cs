using System.Text;
using Weir.Abstractions.Modules;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>Makes `auth_oidc`.</summary>
public sealed class AuthOidcFactory : ModuleFactory<AuthOidcOptions>
{
    private const int LongestCookieName = 32;

    private static readonly string[] _reserved =
    [
        "response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method", "request", "request_uri",
    ];

    /// <inheritdoc/>
    public override string Name => "auth_oidc";

    /// <inheritdoc/>
    public override string Summary =>
        "Sends people to log in at an OpenID Connect provider, and keeps their session in an encrypted cookie.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_oidc");

    /// <inheritdoc/>
    protected override IModule? Create(AuthOidcOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        CheckProvider(check, options);
        CheckPaths(check, options);
        SignatureAlgorithm[] algorithms = ReadAlgorithms(check, options);
        ClaimDemands.Check(check, options.Require);
        OwnField?[] fields = [.. options.Claims.Keys.Select(name => OwnField.Read(check, $"claims.{name}", name))];
        if (options.Cookie.Length is 0 or > LongestCookieName
            || !options.Cookie.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-'))
        {
            check.Error("cookie", $"\"{options.Cookie}\" is no name of a cookie.", $"Use up to {LongestCookieName} letters, digits, \"_\" and \"-\".");
        }

        WatchedContent<ClientSecret>? secret = options.ClientSecretFile is { } file
            ? WatchedContent<ClientSecret>.Open(
                check, "client_secret_file", file, ClientSecret.Parse, "Put the secret there that the provider gave, and nothing else.")
            : null;
        WatchedContent<SealKey[]>? sealKeys = options.CookieKeysFile is { } keysFile
            ? WatchedContent<SealKey[]>.Open(
                check, "cookie_keys_file", keysFile, FileSealKeys.Parse, "Make a key with `openssl rand -hex 32`.")
            : null;
        if (check.HasErrors)
        {
            secret?.Dispose();
            sealKeys?.Dispose();
            return null;
        }

        SealKeys keys = sealKeys is not null ? new FileSealKeys(sealKeys) : new DerivedSealKeys(check.Secret("oidc"));
        Provider provider = new(options, secret, check.Log, Handler);
        return new AuthOidcModule(options, provider, keys, algorithms, [.. fields.OfType<OwnField>()], check);
    }

    /// <summary>What asks the provider, for tests; null: HTTP.</summary>
    internal HttpMessageHandler? Handler { get; init; }

    private static void CheckProvider(CheckedBuilder check, AuthOidcOptions options)
    {
        if (!IssuerClient.MayAsk(options.Issuer) || options.Issuer.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            check.Error(
                "issuer", $"\"{options.Issuer}\" is no https URL without query.",
                "Write the provider's issuer as its /.well-known/openid-configuration has it: only on this machine http will do.");
        }

        if (options.ClientId.Length == 0 || !options.ClientId.All(IsPrintable))
        {
            check.Error("client_id", "No client is given.", "Write the name under which Weir is registered at the provider.");
        }

        foreach ((int i, string scope) in options.Scopes.Index())
        {
            if (scope.Length == 0 || !scope.All(letter => IsPrintable(letter) && letter is not ('"' or '\\')))
            {
                check.Error($"scopes[{i}]", $"\"{scope}\" is no scope.", "Write one word an entry, such as email.");
            }
        }

        foreach (string name in options.Parameters.Keys)
        {
            if (_reserved.Contains(name, StringComparer.Ordinal) || name.Length == 0)
            {
                check.Error($"parameters.{name}", $"\"{name}\" is written by Weir itself.", "Remove it; scopes and client_id are options of their own.");
            }
        }
    }

    private static void CheckPaths(CheckedBuilder check, AuthOidcOptions options)
    {
        CheckPath(check, "callback_path", options.CallbackPath);
        CheckPath(check, "logout_path", options.LogoutPath);
        CheckOwn(check, "callback_path", options.CallbackPath);
        CheckOwn(check, "logout_path", options.LogoutPath);
        if (options.AfterLogout is { } after)
        {
            CheckPath(check, "after_logout", after);
        }

        if (options.CallbackPath == options.LogoutPath)
        {
            check.Error("logout_path", "Logins come back to the same path.", "Write another one.");
        }
    }

    private static void CheckPath(CheckedBuilder check, string option, string path)
    {
        byte[] octets = Encoding.UTF8.GetBytes(path);
        byte[] normal = new byte[octets.Length];
        if (!Navigation.IsOwnPath(path) || path.AsSpan().IndexOfAny('?', '#') >= 0
            || !check.PathRules.TryNormalise(octets, normal, out int written)
            || !normal.AsSpan(0, written).SequenceEqual(octets))
        {
            check.Error(option, $"\"{path}\" is no path.", "Begin it with one \"/\", and write neither query nor dot segments.");
        }
    }

    // In a route's stack only what the route takes is ever seen.
    private static void CheckOwn(CheckedBuilder check, string option, string path)
    {
        if (check.RoutePath is not { } route || route.StartsWith('~') || route == "/*")
        {
            return;
        }

        string prefix = route.EndsWith("/*", StringComparison.Ordinal) ? route[..^1] : "";
        if (prefix.Length == 0 || !path.StartsWith(prefix, StringComparison.Ordinal))
        {
            check.Error(
                option, $"The route takes {route}, so a browser never gets to {path}.",
                prefix.Length == 0
                    ? "Put the module into the site's stack, or into a route that ends in /*."
                    : $"Write {option}: {prefix}{path.Split('/')[^1]}, or put the module into the site's stack.");
        }
    }

    private static SignatureAlgorithm[] ReadAlgorithms(CheckedBuilder check, AuthOidcOptions options)
    {
        IReadOnlyList<string> names = options.Algorithms.Count > 0 ? options.Algorithms : ["RS256", "PS256", "ES256"];
        List<SignatureAlgorithm> algorithms = [];
        foreach (string name in names)
        {
            if (TokenAlgorithms.Find(name) is { IsSecret: false } algorithm)
            {
                algorithms.Add(algorithm);
                continue;
            }

            check.Error(
                "algorithms", $"{name} is no algorithm of a public key that is known.",
                $"Use some of {string.Join(", ", TokenAlgorithms.Names.Where(known => TokenAlgorithms.Find(known) is { IsSecret: false }))}.");
        }

        return [.. algorithms];
    }

    private static bool IsPrintable(char letter) => letter is > ' ' and <= '~';
}
