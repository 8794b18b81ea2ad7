using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Secure;

/// <summary>The files of a server's TLS, changed while serving.</summary>
public sealed class OriginFileTests : IDisposable
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private readonly TestAuthority _certificates = new();
    private readonly TestAuthority _other = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Another_authority_is_trusted()
    {
        string ca = Path.Combine(_certificates.Folder, "trusted.pem");
        File.Copy(_other.Authority, ca);
        await using RunningWeir origin = await StartOriginAsync();
        await using RunningWeir weir = await StartAsync(origin, $"ca: {ca}");
        (await weir.AskAsync(Request)).ShouldContain("tls_certificate_error");
        await File.WriteAllBytesAsync(ca, await File.ReadAllBytesAsync(_certificates.Authority));
        await UntilAsync(weir, "site origin");
    }

    [Fact]
    public async Task Another_client_certificate_is_shown()
    {
        string mine = _other.Issue("mine");
        await using RunningWeir origin = await StartOriginAsync($", client_ca: {_certificates.Authority}");
        await using RunningWeir weir = await StartAsync(origin, $"ca: {_certificates.Authority}, {mine}");
        (await weir.AskAsync(Request)).ShouldStartWith("HTTP/1.1 502 ");
        _certificates.Issue("mine");
        foreach (string kind in (string[])["pem", "key"])
        {
            byte[] octets = await File.ReadAllBytesAsync(Path.Combine(_certificates.Folder, "mine." + kind));
            await File.WriteAllBytesAsync(Path.Combine(_other.Folder, "mine." + kind), octets);
        }

        await UntilAsync(weir, "site origin");
    }

    private static async Task UntilAsync(RunningWeir weir, string expected)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        string answer = "";
        for (int i = 0; i < 200 && !answer.Contains(expected, StringComparison.Ordinal); i++)
        {
            await timer.WaitForNextTickAsync();
            answer = await weir.AskAsync(Request);
        }

        answer.ShouldContain(expected, customMessage: answer);
    }

    // Each request has a connection of its own, so that none was made before the change.
    private static Task<RunningWeir> StartAsync(RunningWeir origin, string tls) => RunningWeir.StartAsync($$"""
        upstreams:
          app: { servers: [{ url: "https://127.0.0.1:{{origin.Port}}", tls: { {{tls}}, server_name: origin.test } }], health: { passive: { failures: 10000 } } }
        sites: { "*": { to: app } }
        """);

    private Task<RunningWeir> StartOriginAsync(string more = "") => RunningWeir.StartAsync($$"""
        listen: [{ address: "127.0.0.1:0", tls: true, protocols: [h1] }]
        limits: { requests_per_connection: 1 }
        sites:
          "*": { stack: [{ respond: { status: 200, body: "site origin\n" } }], tls: { {{_certificates.Issue("origin", "origin.test")}}{{more}} } }
        """);
}
