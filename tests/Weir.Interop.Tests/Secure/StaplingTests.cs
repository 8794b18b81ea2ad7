using Weir.Control;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Secure;

/// <summary>OCSP responses fetched from a responder that openssl plays, and seen by openssl as the client.</summary>
public sealed class StaplingTests : IDisposable
{
    private const string Good = "Cert Status: good";

    private readonly TestAuthority _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_staple_is_fetched_and_outlives_reload_and_restart()
    {
        int port = FreePort.Lease();
        string tls = _certificates.Issue("a", new IssueWishes { Responder = $"http://127.0.0.1:{port}/" }, "a.test");
        string data = Path.Combine(_certificates.Folder, "data");
        string yaml = $$"""
            process: { loops: 1, data: {{data}} }
            listen: [{ address: "127.0.0.1:0", tls: true }]
            sites:
              a.test: { stack: [{ respond: { status: 200, body: "hi" } }], tls: { {{tls}} } }
            """;
        OcspResponder responder = OcspResponder.Start(_certificates, port, "a", "V");
        await using (RunningWeir weir = await RunningWeir.StartAsync(yaml))
        {
            await UntilStapledAsync(weir.Port, "a.test");
            await responder.DisposeAsync();
            (await weir.Host.ReloadAsync(RunningWeir.Read(yaml))).IsApplied.ShouldBeTrue();
            (await StatusAsync(weir.Port, "a.test")).ShouldContain(Good);
            weir.Host.Control.Certificates().ShouldHaveSingleItem().Ocsp.ShouldNotBeNull().ShouldStartWith("good until 20");
        }

        await using RunningWeir again = await RunningWeir.StartAsync(yaml);
        (await StatusAsync(again.Port, "a.test")).ShouldContain(Good, customMessage: "From the data directory.");
    }

    [Fact]
    public async Task Each_of_several_certificates_has_its_own()
    {
        int port = FreePort.Lease();
        string rsa = _certificates.Issue("rsa", new IssueWishes { IsRsa = true }, "a.test");
        string ecdsa = _certificates.Issue("ecdsa", new IssueWishes { Responder = $"http://127.0.0.1:{port}/" }, "a.test");
        await using OcspResponder responder = OcspResponder.Start(_certificates, port, "ecdsa", "V");
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            process: { loops: 1, data: {{Path.Combine(_certificates.Folder, "data")}} }
            listen: [{ address: "127.0.0.1:0", tls: true }]
            sites:
              a.test:
                stack: [{ respond: { status: 200, body: "hi" } }]
                tls: { certificates: [ { {{rsa}} }, { {{ecdsa}} } ] }
            """);
        await UntilStapledAsync(weir.Port, "a.test", "-sigalgs", "ECDSA+SHA256");
        (await StatusAsync(weir.Port, "a.test", "-sigalgs", "RSA-PSS+SHA256")).ShouldContain("OCSP response: no response sent");
    }

    [Fact]
    public async Task A_certificate_that_a_handshake_asked_for_has_its_own_over_a_restart_too()
    {
        const string Host = "asked.weir-interop.org";
        int port = FreePort.Lease();
        _certificates.Issue("a", new IssueWishes { Responder = $"http://127.0.0.1:{port}/" }, Host);
        string data = Path.Combine(_certificates.Folder, "data");
        string kept = Path.Combine(data, "acme", "certificates");
        Directory.CreateDirectory(kept);
        string pair = await File.ReadAllTextAsync(Path.Combine(_certificates.Folder, "a.pem"), TestContext.Current.CancellationToken)
            + await File.ReadAllTextAsync(Path.Combine(_certificates.Folder, "a.key"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(kept, Host + ".pem"), pair, TestContext.Current.CancellationToken);

        // The name's certificate was got before, so nobody is asked for one now.
        string yaml = $$"""
            process: { loops: 1, data: {{data}} }
            listen: [{ address: "127.0.0.1:0", tls: true }]
            acme: { on_demand: { ask: "http://127.0.0.1:{{port}}/ask", wait: 5s } }
            sites:
              "*": { stack: [{ respond: { status: 200, body: "hi" } }] }
            """;
        OcspResponder responder = OcspResponder.Start(_certificates, port, "a", "V");
        await using (RunningWeir weir = await RunningWeir.StartAsync(yaml))
        {
            await UntilStapledAsync(weir.Port, Host);
            await responder.DisposeAsync();
            (await weir.Host.ReloadAsync(RunningWeir.Read(yaml))).IsApplied.ShouldBeTrue();
            (await StatusAsync(weir.Port, Host)).ShouldContain(Good);
            CertificateStatus told = weir.Host.Control.Certificates().ShouldHaveSingleItem();
            (told.Name, told.Source).ShouldBe((Host, "on_demand"));
            told.Ocsp.ShouldNotBeNull().ShouldStartWith("good until 20");
        }

        await using RunningWeir again = await RunningWeir.StartAsync(yaml);
        (await StatusAsync(again.Port, Host)).ShouldContain(Good, customMessage: "From the data directory, in the first handshake.");
    }

    private static async Task<string> StatusAsync(int port, string host, params string[] more)
    {
        (int code, string said) = await SClient.AskAsync(port, host, ["-status", .. more]);
        code.ShouldBe(0, said);
        return said;
    }

    private static async Task UntilStapledAsync(int port, string host, params string[] more)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        string said = "";
        for (int i = 0; i < 200 && !said.Contains(Good, StringComparison.Ordinal); i++)
        {
            await timer.WaitForNextTickAsync();
            said = await StatusAsync(port, host, more);
        }

        said.ShouldContain(Good);
    }
}
