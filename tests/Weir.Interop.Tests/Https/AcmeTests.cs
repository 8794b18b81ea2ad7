using System.Security.Authentication;
using System.Text.Json;
using Weir.Control;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Https;

/// <summary>Certificates from a real ACME server.</summary>
public sealed class AcmeTests : IDisposable
{
    private const string Site = "stack: [{ respond: { status: 200, body: \"here\\n\" } }]";

    private readonly string _folder = Programs.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("http")]
    [InlineData("tls_alpn")]
    public async Task A_certificate_is_got_used_renewed_and_swapped_under_load_without_a_failed_request(string challenge)
    {
        const string Name = "shop.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(pebble, $"challenges: [{challenge}]", $"{Name}: {{ {Site} }}");
        await UntilGoodAsync(weir, Name);
        (await Visitor.AskAsync(pebble.TlsPort, Name, pebble.Root)).Fingerprint.ShouldBe(Status(weir, Name).Fingerprint);

        using CancellationTokenSource end = new();
        Task<HashSet<string>>[] visitors = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => VisitAsync(pebble, Name, end.Token)))];
        for (int i = 0; i < 2; i++)
        {
            string before = Status(weir, Name).Fingerprint!;
            weir.Host.Control.RenewCertificate(Name, "the test").ShouldBeTrue();
            await UntilAsync(weir, Name, status => status.Fingerprint != before);
        }

        await VisitAsync(pebble, Name, new CancellationToken(canceled: true));
        await end.CancelAsync();
        HashSet<string>[] seen = await Task.WhenAll(visitors);
        seen.SelectMany(one => one).Distinct().Count().ShouldBeGreaterThanOrEqualTo(2);
        File.GetUnixFileMode(Path.Combine(_folder, "acme/certificates", Name + ".pem")).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(_folder, "acme")).ShouldBe(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Where(file => file.Contains("/challenges/", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_challenge_is_answered_before_redirects_and_stacks_and_unknown_tokens_are_the_sites()
    {
        const string Name = "closed.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(
            pebble, "challenges: [http]", $"{Name}: {{ redirect_http: true, stack: [{{ access: {{ deny: [0.0.0.0/0] }} }}, {{ respond: {{ status: 200 }} }}] }}");
        await UntilGoodAsync(weir, Name);
        (_, string head, _) = await Programs.RunAsync(
            "curl", "-sS", "-i", "-m", "20", $"http://127.0.0.1:{pebble.HttpPort}/.well-known/acme-challenge/unknown", "-H", $"Host: {Name}");
        head.ShouldStartWith("HTTP/1.1 308 ");
    }

    [Fact]
    public async Task A_stand_in_is_shown_and_told_until_there_is_a_certificate()
    {
        const string Name = "early.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(
            pebble, "", $"{Name}: {{ {Site} }}", issuers: "[{ directory: \"https://127.0.0.1:1/dir\" }]");
        await UntilAsync(weir, Name, status => status.Failures > 0);
        CertificateStatus status = Status(weir, Name);
        status.State.ShouldBe("stand-in");
        status.LastError.ShouldNotBeNull().ShouldContain("127.0.0.1:1");
        weir.Host.Control.Status().CertificateProblems.ShouldHaveSingleItem().ShouldStartWith(Name);
        await Should.ThrowAsync<AuthenticationException>(Visitor.AskAsync(pebble.TlsPort, Name, pebble.Root));
        (int code, string output, _) = await Programs.RunAsync(
            "curl", "-sSk", "-m", "20", "--resolve", $"{Name}:{pebble.TlsPort}:127.0.0.1", $"https://{Name}:{pebble.TlsPort}/");
        (code, output).ShouldBe((0, "here\n"));
    }

    [Fact]
    public async Task A_wildcard_is_proved_through_the_users_program()
    {
        await using Pebble pebble = await Pebble.StartAsync();
        string hook = Path.Combine(_folder, "hook.sh");
        await File.WriteAllTextAsync(hook, $$"""
            #!/bin/sh
            case $1 in
              present) exec curl -sf -d "{\"host\":\"$2\",\"value\":\"$3\"}" http://127.0.0.1:{{pebble.DnsControl}}/set-txt ;;
              cleanup) echo "$2" >>{{_folder}}/cleaned; exec curl -sf -d "{\"host\":\"$2\"}" http://127.0.0.1:{{pebble.DnsControl}}/clear-txt ;;
            esac
            """);
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using RunningWeir weir = await StartAsync(pebble, $"dns: {{ exec: {hook} }}", $"\"*.wild.weir-interop.org\": {{ {Site} }}");
        await UntilGoodAsync(weir, "*.wild.weir-interop.org");
        (await Visitor.AskAsync(pebble.TlsPort, "any.wild.weir-interop.org", pebble.Root)).Body.ShouldBe("here\n");
        (await File.ReadAllTextAsync(Path.Combine(_folder, "cleaned"))).ShouldBe("_acme-challenge.wild.weir-interop.org.\n");
    }

    [Fact]
    public async Task An_account_is_bound_to_one_that_the_issuer_knows()
    {
        const string Name = "bound.weir-interop.org";
        const string Key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        await using Pebble pebble = await Pebble.StartAsync($"\"kid-1\": \"{Key}\"");
        string keyFile = Path.Combine(_folder, "eab.key");
        await File.WriteAllTextAsync(keyFile, Key + "\n");
        await using (RunningWeir weir = await StartAsync(pebble, "", $"{Name}: {{ {Site} }}"))
        {
            await UntilAsync(weir, Name, status => status.Failures > 0);
            Status(weir, Name).LastError.ShouldNotBeNull().ShouldContain("externalAccountRequired");
            await EndAsync(weir);
        }

        await using RunningWeir bound = await StartAsync(
            pebble, "", $"{Name}: {{ {Site} }}", issuers: $"[{{ {pebble.Issuer}, eab: {{ key_id: kid-1, key_file: {keyFile} }} }}]");
        bound.Host.Control.RenewCertificate(Name, "the test").ShouldBeTrue();
        await UntilGoodAsync(bound, Name);
    }

    [Fact]
    public async Task The_next_issuer_is_asked_when_one_fails()
    {
        const string Name = "second.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(
            pebble, "", $"{Name}: {{ {Site} }}", issuers: $"[{{ directory: \"https://127.0.0.1:1/dir\" }}, {{ {pebble.Issuer} }}]");
        await UntilGoodAsync(weir, Name);
        Status(weir, Name).Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_restart_keeps_certificates_and_a_damaged_file_is_put_aside_and_replaced()
    {
        const string Name = "kept.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        string site = $"{Name}: {{ {Site} }}";
        string first;
        await using (RunningWeir weir = await StartAsync(pebble, "", site))
        {
            first = (await UntilGoodAsync(weir, Name)).Fingerprint!;
            await EndAsync(weir);
        }

        string file = Path.Combine(_folder, "acme/certificates", Name + ".pem");
        await using (RunningWeir weir = await StartAsync(pebble, "", site, issuers: "[{ directory: \"https://127.0.0.1:1/dir\" }]"))
        {
            Status(weir, Name).Fingerprint.ShouldBe(first);
            (await Visitor.AskAsync(pebble.TlsPort, Name, pebble.Root)).Fingerprint.ShouldBe(first);
            await EndAsync(weir);
        }

        await File.WriteAllTextAsync(file, "no certificate\n");
        await using (RunningWeir weir = await StartAsync(pebble, "", site))
        {
            (await UntilGoodAsync(weir, Name)).Fingerprint.ShouldNotBe(first);
            File.Exists(file + ".damaged").ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_certificate_is_revoked_and_replaced_and_the_account_gets_a_new_key_and_address()
    {
        const string Name = "gone.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(pebble, "", $"{Name}: {{ {Site} }}");
        string first = (await UntilGoodAsync(weir, Name)).Fingerprint!;
        (await weir.Host.Control.RevokeCertificateAsync(Name, RevocationReason.Superseded, "the test")).ShouldBeNull();
        string second = (await UntilAsync(weir, Name, status => status.Fingerprint != first)).Fingerprint!;

        (await weir.Host.Control.ChangeAccountKeysAsync()).ShouldHaveSingleItem().Problem.ShouldBeNull();
        weir.Host.Control.RenewCertificate(Name, "the test").ShouldBeTrue();
        string third = (await UntilAsync(weir, Name, status => status.Fingerprint != second)).Fingerprint!;

        (await weir.Host.ReloadAsync(RunningWeir.Read(Yaml(pebble, "email: ops@weir-interop.org", $"{Name}: {{ {Site} }}", null)))).IsApplied.ShouldBeTrue();
        weir.Host.Control.RenewCertificate(Name, "the test").ShouldBeTrue();
        (await UntilAsync(weir, Name, status => status.Fingerprint != third)).Failures.ShouldBe(0);
        string account = Directory.GetFiles(_folder, "account.json", SearchOption.AllDirectories).Single();
        (await File.ReadAllTextAsync(account)).ShouldContain("ops@weir-interop.org");
    }

    [Theory]
    [InlineData("http")]
    [InlineData("tls_alpn")]
    public async Task Two_processes_with_one_data_directory_get_one_certificate(string challenge)
    {
        const string Name = "pair.weir-interop.org";
        await using Pebble pebble = await Pebble.StartAsync();
        string yaml = Yaml(pebble, $"challenges: [{challenge}]", $"{Name}: {{ {Site} }}", null, "reuse_port: true");
        await using RunningWeir one = await RunningWeir.StartAsync(yaml);
        await using RunningWeir other = await RunningWeir.StartAsync(yaml);
        string first = (await UntilGoodAsync(one, Name)).Fingerprint!;
        (await UntilGoodAsync(other, Name)).Fingerprint.ShouldBe(first);
    }

    [Fact]
    public async Task A_reload_starts_what_is_new_and_stops_what_has_left()
    {
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir weir = await StartAsync(
            pebble, "", $"old.weir-interop.org: {{ {Site} }}\n  stays.weir-interop.org: {{ {Site} }}");
        await UntilGoodAsync(weir, "old.weir-interop.org");
        string stays = (await UntilGoodAsync(weir, "stays.weir-interop.org")).Fingerprint!;
        (await weir.Host.ReloadAsync(RunningWeir.Read(Yaml(
            pebble, "", $"new.weir-interop.org: {{ {Site} }}\n  stays.weir-interop.org: {{ {Site} }}", null)))).IsApplied.ShouldBeTrue();
        await UntilGoodAsync(weir, "new.weir-interop.org");
        weir.Host.Control.Certificates().Select(one => one.Name).ShouldBe(["new.weir-interop.org", "stays.weir-interop.org"]);
        Status(weir, "stays.weir-interop.org").Fingerprint.ShouldBe(stays);
        weir.Host.Control.RenewCertificate("old.weir-interop.org", "the test").ShouldBeFalse();
    }

    [Fact]
    public async Task On_demand_a_name_gets_its_certificate_in_its_first_handshake_where_the_approval_says_so()
    {
        await using Pebble pebble = await Pebble.StartAsync();
        await using RunningWeir approver = await RunningWeir.StartAsync("""
            sites:
              "*":
                routes:
                  - { path: /ask, query: { domain: "~ ^good" }, stack: [{ respond: { status: 200 } }] }
                  - { stack: [{ respond: { status: 403 } }] }
            """);
        await using RunningWeir weir = await StartAsync(
            pebble, $"on_demand: {{ ask: \"{approver.Url}/ask\", rate: 2/h, wait: 30s }}", $"\"*\": {{ {Site} }}");
        (await Visitor.AskAsync(pebble.TlsPort, "good1.weir-interop.org", pebble.Root)).Body.ShouldBe("here\n");
        (await Visitor.AskAsync(pebble.TlsPort, "good2.weir-interop.org", pebble.Root)).Body.ShouldBe("here\n");
        await Should.ThrowAsync<Exception>(Visitor.AskAsync(pebble.TlsPort, "bad.weir-interop.org", pebble.Root));
        await Should.ThrowAsync<Exception>(Visitor.AskAsync(pebble.TlsPort, "good3.weir-interop.org", pebble.Root));
        (await Visitor.AskAsync(pebble.TlsPort, "good1.weir-interop.org", pebble.Root)).Body.ShouldBe("here\n");
        weir.Host.Control.Certificates().Select(one => (one.Name, one.Source, one.State)).ShouldBe(
            [("good1.weir-interop.org", "on_demand", "good"), ("good2.weir-interop.org", "on_demand", "good")]);
    }

    private static async Task<HashSet<string>> VisitAsync(Pebble pebble, string name, CancellationToken end)
    {
        HashSet<string> seen = [];
        do
        {
            (string fingerprint, string body) = await Visitor.AskAsync(pebble.TlsPort, name, pebble.Root);
            body.ShouldBe("here\n");
            seen.Add(fingerprint);
        }
        while (!end.IsCancellationRequested);

        return seen;
    }

    // The next one takes its ports.
    private static async Task EndAsync(RunningWeir weir) => (await weir.Host.DrainAsync(TimeSpan.FromSeconds(5))).ShouldBeTrue();

    private static CertificateStatus Status(RunningWeir weir, string name) =>
        weir.Host.Control.Certificates().Single(one => one.Name == name);

    private static Task<CertificateStatus> UntilGoodAsync(RunningWeir weir, string name) =>
        UntilAsync(weir, name, status => status.State == "good");

    private static async Task<CertificateStatus> UntilAsync(RunningWeir weir, string name, Predicate<CertificateStatus> isReached)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 1200; i++)
        {
            CertificateStatus status = Status(weir, name);
            if (isReached(status) && !status.Renewing)
            {
                return status;
            }

            await timer.WaitForNextTickAsync();
        }

        throw new TimeoutException(JsonSerializer.Serialize(Status(weir, name)));
    }

    private Task<RunningWeir> StartAsync(Pebble pebble, string acme, string sites, string? issuers = null) =>
        RunningWeir.StartAsync(Yaml(pebble, acme, sites, issuers));

    private string Yaml(Pebble pebble, string acme, string sites, string? issuers, string listener = "reuse_port: false") => $$"""
        listen: [{ address: "127.0.0.1:{{pebble.TlsPort}}", tls: true, {{listener}} }, { address: "127.0.0.1:{{pebble.HttpPort}}", {{listener}} }]
        process: { data: {{_folder}}, loops: 2 }
        acme: { issuers: {{issuers ?? $"[{{ {pebble.Issuer} }}]"}}{{(acme.Length > 0 ? ", " + acme : "")}} }
        sites:
          {{sites}}
        """;
}
