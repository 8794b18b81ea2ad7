using Microsoft.AspNetCore.Http;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Shield;

/// <summary>
/// A browser logs in at a provider through `auth_oidc`, asks for more, and logs out; then each of what protects a login is broken once. A
/// browser takes a second to start, so each test takes that long.
/// </summary>
public sealed class LoginTests : IAsyncLifetime
{
    // Who is let in sees who it is, what cookies the origin got, and what a script gets; then the page goes to where sessions end.
    private const string Page = """
        <!doctype html><title>page</title><body><script>
        const ask = new XMLHttpRequest();
        ask.open('GET', '/api', false);
        ask.send();
        sessionStorage.told = `${ask.status} ${ask.responseText} ${location.pathname}${location.search}`;
        location.replace('/.weir/logout');
        </script><script async src="/hold"></script>
        """;

    // Who logged out sees what was noted, that no session is left, and that no script could read its cookie.
    private const string Goodbye = """
        <!doctype html><title>bye</title><body><script>
        const ask = new XMLHttpRequest();
        ask.open('GET', '/api', false);
        ask.send();
        document.body.append(`(${sessionStorage.told}) (${ask.status}) (${document.cookie})`);
        </script>
        """;

    private readonly TestAuthority _certificates = new();
    private readonly Chromium _browser = new();
    private readonly string _folder = Programs.NewFolder();
    private LoginProvider _provider = null!;
    private KestrelOrigin _origin = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await LoginProvider.StartAsync();
        _origin = await KestrelOrigin.StartAsync(1, ServeAsync);
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), LoginProvider.Secret);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _origin.DisposeAsync();
        _certificates.Dispose();
        _browser.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_person_logs_in_uses_the_site_and_logs_out()
    {
        await using RunningWeir weir = await StartAsync();
        string page = await _browser.DumpAsync($"https://127.0.0.1:{weir.Port}/shop?a=1");
        page.ShouldContain("(200 bea staff,x [] /shop?a=1) (401) ()");
    }

    [Theory]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("pkce")]
    [InlineData("expiry")]
    public async Task A_login_of_which_one_protection_is_broken_is_refused(string broken)
    {
        _provider.Breaks = broken;
        await using RunningWeir weir = await StartAsync();
        string page = await _browser.DumpAsync($"https://127.0.0.1:{weir.Port}/shop");
        page.ShouldContain("<h1>403 Forbidden</h1>");
        page.ShouldNotContain(broken);
    }

    private static async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path == "/hold")
        {
            TaskCompletionSource gone = new();
            await using CancellationTokenRegistration end = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return;
        }

        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/api" => $"{context.Request.Headers["X-User"]} {context.Request.Headers["X-Groups"]} [{context.Request.Headers.Cookie}]",
            "/goodbye" => Goodbye,
            _ => Page,
        });
    }

    private Task<RunningWeir> StartAsync() => RunningWeir.StartAsync($$"""
        listen: [{ address: "127.0.0.1:0", tls: true }]
        process: { loops: 1, data: {{_folder}} }
        sites:
          "*":
            tls: { {{_certificates.Issue("page", "page.test")}} }
            routes:
              - { path: /goodbye, to: "{{_origin.Url}}" }
              - stack:
                  - auth_oidc:
                      issuer: {{_provider.Url}}
                      client_id: {{LoginProvider.Client}}
                      client_secret_file: {{_folder}}/secret
                      after_logout: /goodbye
                      claims: { X-User: sub, X-Groups: groups }
                      require: { groups: [staff] }
                to: "{{_origin.Url}}"
        """);
}
