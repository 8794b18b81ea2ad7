using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Interop.Tests.Peers;

/// <summary>A small OpenID Connect provider: asks a person nothing, and keeps the rules but for the one that a test has it break.</summary>
internal sealed class LoginProvider : IAsyncDisposable
{
    public const string Client = "shop";
    public const string Secret = "a planted: secret";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, IQueryCollection> _logins = new(StringComparer.Ordinal);
    private KestrelOrigin _server = null!;

    /// <summary>What it breaks: state, nonce, pkce or expiry; empty: nothing.</summary>
    public string Breaks { get; set; } = "";

    public string Url => _server.Url;

    public static async Task<LoginProvider> StartAsync()
    {
        LoginProvider provider = new();
        provider._server = await KestrelOrigin.StartAsync(1, provider.ServeAsync);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    private Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/.well-known/openid-configuration" => context.Response.WriteAsync($$"""
            {"issuer":"{{Url}}","authorization_endpoint":"{{Url}}/authorize","token_endpoint":"{{Url}}/token","jwks_uri":"{{Url}}/jwks",
            "end_session_endpoint":"{{Url}}/end","authorization_response_iss_parameter_supported":true}
            """),
        "/jwks" => context.Response.WriteAsync(KeySet()),
        "/authorize" => AskAsync(context),
        "/enter" => EnterAsync(context),
        "/token" => GiveAsync(context),
        "/end" => LeaveAsync(context),
        _ => HoldAsync(context),
    };

    // The page does not end before the form has led away from it.
    private async Task AskAsync(HttpContext context)
    {
        string login = Text(RandomNumberGenerator.GetBytes(16));
        _logins[login] = context.Request.Query;
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync($"""
            <!doctype html><title>login</title><form method="post" action="/enter"><input name="login" value="{login}"></form>
            <script async src="/hold"></script><script>document.forms[0].submit()</script>
            """);
    }

    private async Task EnterAsync(HttpContext context)
    {
        string login = (await context.Request.ReadFormAsync())["login"]!;
        IQueryCollection question = _logins[login];
        string state = Breaks == "state" ? Text(RandomNumberGenerator.GetBytes(32)) : question["state"]!;
        context.Response.Redirect($"{question["redirect_uri"]}?code={login}&state={state}&iss={Uri.EscapeDataString(Url)}");
    }

    private async Task GiveAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        string identified = Encoding.UTF8.GetString(
            Convert.FromBase64String(context.Request.Headers.Authorization.ToString()["Basic ".Length..]));
        bool isClient = identified == $"{Client}:a+planted%3A+secret";
        if (!isClient || !_logins.TryRemove(form["code"].ToString(), out IQueryCollection? question)
            || !Proves(form["code_verifier"]!, question))
        {
            context.Response.StatusCode = isClient ? 400 : 401;
            await context.Response.WriteAsync($$"""{"error":"{{(isClient ? "invalid_grant" : "invalid_client")}}"}""");
            return;
        }

        await context.Response.WriteAsync($$"""{"access_token":"planted-access","token_type":"Bearer","id_token":"{{Sign(question["nonce"]!)}}"}""");
    }

    private bool Proves(string verifier, IQueryCollection question)
    {
        string challenge = Breaks == "pkce" ? Text(SHA256.HashData("another browser"u8)) : question["code_challenge"]!;
        return question["code_challenge_method"] == "S256" && Text(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) == challenge;
    }

    private static Task LeaveAsync(HttpContext context)
    {
        context.Response.Redirect(context.Request.Query["post_logout_redirect_uri"]!);
        return Task.CompletedTask;
    }

    private static async Task HoldAsync(HttpContext context)
    {
        TaskCompletionSource gone = new();
        await using CancellationTokenRegistration end = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    private string Sign(string nonce)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        long until = Breaks == "expiry" ? now - 600 : now + 300;
        string claims = string.Create(CultureInfo.InvariantCulture, $$"""
            {"iss":"{{Url}}","aud":"{{Client}}","sub":"bea","groups":["staff","x"],"iat":{{now}},"exp":{{until}},"nonce":"{{(Breaks == "nonce" ? "other" : nonce)}}"}
            """);
        string signed = $"{Text("""{"alg":"ES256","kid":"k1"}"""u8)}.{Text(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Text(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    private string KeySet()
    {
        ECPoint point = _key.ExportParameters(false).Q;
        return $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"{{Text(point.X)}}","y":"{{Text(point.Y)}}"}]}""";
    }

    private static string Text(ReadOnlySpan<byte> octets) => Base64Url.EncodeToString(octets);
}
