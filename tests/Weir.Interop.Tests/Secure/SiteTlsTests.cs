using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Secure;

/// <summary>Sites over TLS as openssl and curl see them.</summary>
public sealed class SiteTlsTests : IDisposable
{
    private readonly TestAuthority _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task The_clients_signature_algorithms_choose_among_several_certificates()
    {
        string ecdsa = _certificates.Issue("ecdsa", "a.test");
        string rsa = _certificates.Issue("rsa", new IssueWishes { IsRsa = true }, "a.test");
        await using RunningWeir weir = await StartAsync($$"""
              a.test: { {{Says("a")}}, tls: { certificates: [ { {{ecdsa}} }, { {{rsa}} } ] } }
            """);
        (await AskAsync(weir, "a.test", "-sigalgs", "ECDSA+SHA256")).ShouldContain("CN = ecdsa");
        (await AskAsync(weir, "a.test", "-sigalgs", "RSA-PSS+SHA256")).ShouldContain("CN = rsa");
        (await AskAsync(weir, "a.test", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")).ShouldContain("CN = rsa");
        (await AskAsync(weir, "a.test")).ShouldContain("CN = ecdsa", customMessage: "The first one, where the client can use any.");
    }

    [Fact]
    public async Task The_server_name_chooses_the_site_and_without_one_the_default_is_shown()
    {
        await using RunningWeir weir = await StartAsync($$"""
              "*": { {{Says("any")}}, tls: { {{_certificates.Issue("any", "any.test")}} } }
              a.test: { {{Says("a")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
              "*.b.test": { {{Says("b")}}, tls: { {{_certificates.Issue("b", "*.b.test")}} } }
            """);
        (await AskAsync(weir, "a.test")).ShouldContain("CN = a\n");
        (await AskAsync(weir, "deep.x.b.test")).ShouldContain("CN = b\n");
        (await AskAsync(weir, "other.test")).ShouldContain("CN = any\n");
        (int code, string said) = await SClient.AskAsync(weir.Port, "any.test", "-noservername");
        code.ShouldBe(0, said);
        said.ShouldContain("CN = any\n");
        said.ShouldContain("site any");
    }

    [Fact]
    public async Task An_optional_client_certificate_is_asked_for_and_not_needed()
    {
        _certificates.Issue("client");
        await using RawOrigin origin = new();
        await using RunningWeir weir = await StartAsync($$"""
              a.test:
                to: {{origin.Url}}
                tls: { {{_certificates.Issue("a", "a.test")}}, client_ca: {{_certificates.Authority}}, client_auth: optional }
            """);
        (await AskAsync(weir, "a.test")).ShouldContain("Acceptable client certificate CA names");
        origin.TakeRecorded().ShouldNotContain("client-cert", Case.Insensitive);
        await AskAsync(
            weir, "a.test", "-cert", Path.Combine(_certificates.Folder, "client.pem"), "-key", Path.Combine(_certificates.Folder, "client.key"));
        origin.TakeRecorded().ShouldContain("client-cert: :", Case.Insensitive);
    }

    [Fact]
    public async Task What_the_handshake_agreed_on_can_be_sent_to_the_origin()
    {
        _certificates.Issue("client");
        await using RawOrigin origin = new();
        await using RunningWeir weir = await StartAsync($$"""
              a.test:
                to: {{origin.Url}}
                stack: [{ headers: { request: { set: {
                  X-Tls: "{tls.version} {tls.cipher} {tls.sni} {tls.alpn} {tls.resumed} {tls.client.subject} {tls.client.fingerprint}" } } } }]
                tls: { {{_certificates.Issue("a", "a.test")}}, client_ca: {{_certificates.Authority}} }
            """);
        await AskAsync(
            weir, "a.test", "-alpn", "http/1.1", "-cert", Path.Combine(_certificates.Folder, "client.pem"), "-key",
            Path.Combine(_certificates.Folder, "client.key"));
        origin.TakeRecorded().ShouldMatch("(?i)x-tls: TLSv1.3 TLS_AES_128_GCM_SHA256 a.test http/1.1 false CN=client [0-9a-f]{64}\r\n");
    }

    [Fact]
    public async Task Plain_http_is_sent_to_https_and_https_says_so_for_the_future()
    {
        // Where clients are sent is known when the configuration is read: not with a port that the kernel chooses.
        int port = FreePort.Lease();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: ["127.0.0.1:0", { address: "127.0.0.1:{{port}}", tls: true }]
            sites:
              a.test: { {{Says("a", "security_headers, ")}}, tls: { {{_certificates.Issue("a", "a.test")}} } }
              b.test: { {{Says("b")}}, redirect_http: false, tls: { {{_certificates.Issue("b", "b.test")}} } }
            """);
        string redirected = await weir.AskAsync("GET /x?y=z HTTP/1.1\r\nHost: a.test\r\n\r\n");
        redirected.ShouldStartWith("HTTP/1.1 308 ");
        redirected.ShouldContain($"Location: https://a.test:{port}/x?y=z\r\n", Case.Insensitive);
        redirected.ShouldNotContain("strict-transport-security", Case.Insensitive, "RFC 6797 section 7.2: never over plain HTTP.");
        (await weir.AskAsync("GET / HTTP/1.1\r\nHost: b.test\r\n\r\n")).ShouldContain("site b");
        (_, string said) = await SClient.AskAsync(port, "a.test");
        said.ShouldContain("strict-transport-security: max-age=", Case.Insensitive);
    }

    private static string Says(string name, string modules = "") =>
        $"stack: [{modules}{{ respond: {{ status: 200, body: \"site {name}\\n\" }} }}]";

    private static Task<RunningWeir> StartAsync(string sites) =>
        RunningWeir.StartAsync("listen: [{ address: \"127.0.0.1:0\", tls: true, protocols: [h1] }]\nsites:\n" + sites);

    private static async Task<string> AskAsync(RunningWeir weir, string host, params string[] more)
    {
        (int code, string said) = await SClient.AskAsync(weir.Port, host, more);
        code.ShouldBe(0, said);
        return said;
    }
}
