using System.Security.Cryptography.X509Certificates;
using Weir.Interop.Tests.Peers;
using Weir.Telemetry.Counting;

namespace Weir.Interop.Tests.Sockets;

/// <summary>TLS as curl and openssl see it, and as nginx and Weir speak it to each other.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Echo = "stack: [{ respond: { status: 200, body: \"site SITE\\n\" } }]";

    private readonly TestAuthority _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Curl_is_served_over_both_versions_and_each_site_shows_its_certificate()
    {
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              a.test: { {{Site("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
              "*.b.test": { {{Site("b")}}, tls: { {{_certificates.Issue("b", "*.b.test")}} } }
            """);
        (await CurlAsync(weir, "a.test", "--tlsv1.3")).ShouldBe("site a\n");
        (await CurlAsync(weir, "a.test", "--tls-max", "1.2")).ShouldBe("site a\n");
        (await CurlAsync(weir, "x.b.test")).ShouldBe("site b\n");
        Count(weir, Counter.TlsHandshakesFull).ShouldBe(3);
    }

    [Fact]
    public async Task The_handshake_decides_between_both_versions_of_http()
    {
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", tls: true }]
            sites:
              a.test: { {{Site("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
            """);
        (await CurlAsync(weir, "a.test", "--http2", "-w", "%{http_version}")).ShouldBe("site a\n2");
        (await CurlAsync(weir, "a.test", "--http1.1", "-w", "%{http_version}")).ShouldBe("site a\n1.1");
    }

    [Fact]
    public async Task An_old_version_is_refused()
    {
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              a.test: { {{Site("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
            """);
        (int code, _, _) = await Programs.RunAsync(
            "openssl", "s_client", "-connect", $"127.0.0.1:{weir.Port}", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0");
        code.ShouldNotBe(0);
    }

    [Fact]
    public async Task Plain_http_gets_an_answer_that_helps()
    {
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              a.test: { {{Site("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
            """);
        string answer = await weir.AskAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("https://");
    }

    [Fact]
    public async Task A_request_for_a_site_with_another_policy_or_certificate_is_misdirected()
    {
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              "*": { {{Site("any")}}, tls: { {{_certificates.Issue("any", "any.test", "both.test")}} } }
              a.test: { {{Site("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
              both.test: { {{Site("both")}}, tls: { {{_certificates.Issue("both", "both.test")}} } }
              mine.test: { {{Site("mine")}}, tls: { {{_certificates.Issue("mine", "mine.test")}}, client_ca: {{_certificates.Authority}} } }
            """);
        (await CurlAsync(weir, "any.test", "-H", "Host: a.test", "-w", "%{http_code}", "-o", "/dev/null")).ShouldBe("421");
        (await CurlAsync(weir, "any.test", "-H", "Host: mine.test", "-w", "%{http_code}", "-o", "/dev/null")).ShouldBe("421");
        (await CurlAsync(weir, "any.test", "-H", "Host: both.test")).ShouldBe("site both\n");
    }

    [Fact]
    public async Task A_client_certificate_reaches_the_origin_and_an_inbound_claim_never_does()
    {
        _certificates.Issue("client");
        await using RawOrigin origin = new();
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              a.test:
                to: {{origin.Url}}
                tls: { {{_certificates.Issue("a", "a.test")}}, client_ca: {{_certificates.Authority}}, client_auth: required }
            """);
        (int code, _, _) = await Programs.RunAsync("curl", Arguments(weir, "a.test"));
        code.ShouldNotBe(0, "Without a certificate there is no handshake.");
        string pem = Path.Combine(_certificates.Folder, "client.pem");
        string key = Path.Combine(_certificates.Folder, "client.key");
        (await CurlAsync(weir, "a.test", "--cert", pem, "--key", key, "-H", "Client-Cert: :Zm9yZ2Vk:", "-H", "Client-Cert-Chain: :Zm9yZ2Vk:", "-H", "client_cert: :Zm9yZ2Vk:")).ShouldBe("ok");
        string seen = origin.TakeRecorded();
        using X509Certificate2 client = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(pem));
        seen.ShouldContain($"client-cert: :{Convert.ToBase64String(client.RawData)}:", Case.Insensitive);
        seen.ShouldNotContain("Zm9yZ2Vk");
        seen.ShouldContain("x-forwarded-proto: https", Case.Insensitive);
    }

    [Fact]
    public async Task Where_origins_want_it_they_get_the_authorities_in_between_on_every_connection()
    {
        (string client, string between) = _certificates.IssueThroughAnother("client");
        await using RawOrigin origin = new();
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              a.test:
                to: {{origin.Url}}
                tls: { {{_certificates.Issue("a", "a.test")}}, client_ca: {{_certificates.Authority}}, client_cert_chain: true }
            """);
        string key = Path.ChangeExtension(client, ".key");
        for (int i = 0; i < 2; i++)
        {
            (await CurlAsync(weir, "a.test", "--cert", client, "--key", key, "-H", "Client-Cert-Chain: :Zm9yZ2Vk:")).ShouldBe("ok");
            origin.TakeRecorded().ShouldContain($"client-cert-chain: :{between}:\r\n", Case.Insensitive);
        }
    }

    [Fact]
    public async Task New_certificate_files_are_used_while_serving()
    {
        string first = _certificates.Issue("a", "a.test");
        await using RunningWeir weir = await StartAsync($$"""
            sites:
              "*": { {{Site("a")}}, tls: { {{first}} } }
            """);
        (await CurlAsync(weir, "a.test")).ShouldBe("site a\n");
        _certificates.Issue("a", "b.test");
        bool isRenewed = false;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 400 && !isRenewed; i++)
        {
            (int code, _, _) = await Programs.RunAsync("curl", Arguments(weir, "b.test"));
            isRenewed = code == 0;
            await timer.WaitForNextTickAsync();
        }

        isRenewed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_origin_is_verified_by_its_authority_and_its_sessions_are_resumed()
    {
        string tls = _certificates.Issue("origin", "origin.test");
        await using RunningWeir origin = await StartAsync($$"""
            sites:
              "*": { {{Site("origin")}}, tls: { {{tls}} } }
            """);
        string server = $"https://127.0.0.1:{origin.Port}";
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            upstreams:
              good: { servers: [{ url: "{{server}}", tls: { ca: {{_certificates.Authority}}, server_name: origin.test } }], timeouts: { idle: 1s } }
              wrong: { servers: [{ url: "{{server}}", tls: { ca: {{_certificates.Authority}}, server_name: other.test } }] }
              unknown: { servers: [{ url: "{{server}}", tls: { server_name: origin.test } }] }
            sites:
              "*":
                routes:
                  - { path: /good, to: good }
                  - { path: /wrong, to: wrong }
                  - { path: /unknown, to: unknown }
            """);
        (await weir.AskAsync("GET /good HTTP/1.1\r\nHost: a\r\n\r\n")).ShouldContain("site origin");
        string wrong = await weir.AskAsync("GET /wrong HTTP/1.1\r\nHost: a\r\n\r\n");
        wrong.ShouldStartWith("HTTP/1.1 502 ");
        wrong.ShouldContain("tls_certificate_error");
        (await weir.AskAsync("GET /unknown HTTP/1.1\r\nHost: a\r\n\r\n")).ShouldContain("tls_certificate_error");
        Count(weir, Counter.OriginTlsFull).ShouldBe(1);
    }

    private static string Site(string name) => Echo.Replace("SITE", name, StringComparison.Ordinal);

    private static Task<RunningWeir> StartAsync(string sites) =>
        RunningWeir.StartAsync("listen: [{ address: \"127.0.0.1:0\", tls: true, protocols: [h1] }]\n" + sites);

    private static long Count(RunningWeir weir, Counter counter) => weir.Host.Counters.Total(counter);

    private string[] Arguments(RunningWeir weir, string host, params string[] more) =>
    [
        "-sS", "--max-time", "30", "--cacert", _certificates.Authority, "--resolve", $"{host}:{weir.Port}:127.0.0.1", .. more,
        $"https://{host}:{weir.Port}/",
    ];

    private async Task<string> CurlAsync(RunningWeir weir, string host, params string[] more)
    {
        (int code, string output, string error) = await Programs.RunAsync("curl", Arguments(weir, host, more));
        code.ShouldBe(0, error);
        return output;
    }
}
