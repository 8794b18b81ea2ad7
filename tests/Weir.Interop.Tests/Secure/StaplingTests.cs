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
            await UntilStapledAsync(weir.Port);
            await responder.DisposeAsync();
            (await weir.Host.ReloadAsync(RunningWeir.Read(yaml))).IsApplied.ShouldBeTrue();
            (await StatusAsync(weir.Port)).ShouldContain(Good);
            weir.Host.Control.Certificates().ShouldHaveSingleItem().Ocsp.ShouldNotBeNull().ShouldStartWith("good until 20");
        }

        await using RunningWeir again = await RunningWeir.StartAsync(yaml);
        (await StatusAsync(again.Port)).ShouldContain(Good, customMessage: "From the data directory.");
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
        await UntilStapledAsync(weir.Port, "-sigalgs", "ECDSA+SHA256");
        (await StatusAsync(weir.Port, "-sigalgs", "RSA-PSS+SHA256")).ShouldContain("OCSP response: no response sent");
    }

    private static async Task<string> StatusAsync(int port, params string[] more)
    {
        (int code, string said) = await SClient.AskAsync(port, "a.test", ["-status", .. more]);
        code.ShouldBe(0, said);
        return said;
    }

    private static async Task UntilStapledAsync(int port, params string[] more)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        string said = "";
        for (int i = 0; i < 200 && !said.Contains(Good, StringComparison.Ordinal); i++)
        {
            await timer.WaitForNextTickAsync();
            said = await StatusAsync(port, more);
        }

        said.ShouldContain(Good);
    }
}
