using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Interop.Tests.Peers;
using Weir.Modules;

namespace Weir.Interop.Tests.Reloading;

/// <summary>What a reload carries over, what it touches, and what it says.</summary>
public sealed class Reloads
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Nothing_changed_touches_nothing()
    {
        await using RawOrigin origin = new();
        string yaml = $"upstreams: {{ app: {{ servers: [\"{origin.Url}\"] }} }}\nsites: {{ \"*\": app }}\n";
        await using RunningWeir weir = await RunningWeir.StartAsync(yaml);
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Get);
        await wire.ReadResponseAsync();
        ReloadReport report = await weir.Host.ReloadAsync(Read(yaml));
        report.IsApplied.ShouldBeTrue();
        report.Summary.ShouldBe("nothing has changed");
        report.Generation.ShouldBe(2);
        report.Listeners.Kept.ShouldBe(1);
        report.Upstreams.Kept.ShouldBe(1);
        report.Servers.Kept.ShouldBe(1);

        // The client's connection and the origin's are the same ones.
        await wire.SendAsync(Get);
        (await wire.ReadResponseAsync()).ShouldNotContain("Connection: close");
        origin.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_weight_is_changed_without_a_new_connection()
    {
        await using RawOrigin one = new();
        await using RawOrigin two = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(Two(one, two, 1));
        using Wire wire = await weir.ConnectAsync();
        await AskAsync(wire, 20);
        ReloadReport report = await weir.Host.ReloadAsync(Read(Two(one, two, 9)));
        report.Upstreams.Changed.ShouldBe(["app"]);
        report.Servers.Changed.ShouldBe([$"app/127.0.0.1:{two.Port}"]);
        report.Servers.Kept.ShouldBe(2);
        two.TakeRecorded();
        await AskAsync(wire, 20);
        Requests(two).ShouldBe(18);
        one.Connections.ShouldBe(1);
        two.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_removed_server_ends_its_exchange_and_its_idle_connections()
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource go = new();
        TaskCompletionSource idleEnded = new();
        await using RawOrigin gone = new(async wire =>
        {
            string? request = await RawOrigin.ReadRequestAsync(wire);
            if (request!.StartsWith("GET /slow", StringComparison.Ordinal))
            {
                asked.SetResult();
                await go.Task;
                await wire.SendAsync(RawOrigin.Answer);
                return;
            }

            await wire.SendAsync(RawOrigin.Answer);
            await wire.ReadToEndAsync();
            idleEnded.SetResult();
        });
        await using RawOrigin stays = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(gone));
        using Wire slow = await weir.ConnectAsync();
        await slow.SendAsync("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        await asked.Task;
        using Wire wire = await weir.ConnectAsync();
        await AskAsync(wire, 1);
        ReloadReport report = await weir.Host.ReloadAsync(Read(One(stays)));
        report.Servers.Added.ShouldBe([$"app/127.0.0.1:{stays.Port}"]);
        report.Servers.Removed.ShouldBe([$"app/127.0.0.1:{gone.Port}"]);
        await idleEnded.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await AskAsync(wire, 3);
        Requests(stays).ShouldBe(3);
        go.SetResult();
        (await slow.ReadResponseAsync()).ShouldEndWith("ok");
    }

    [Fact]
    public async Task A_listener_comes_and_another_goes_with_its_connections()
    {
        await using RawOrigin origin = new();
        string site = $"sites: {{ \"*\": \"{origin.Url}\" }}\n";
        await using RunningWeir weir = await RunningWeir.StartAsync($"listen: [\"127.0.0.1:0\", \"127.0.0.2:0\"]\n{site}");
        using Wire stays = await weir.ConnectAsync();
        using Wire leaves = await Wire.ConnectAsync(System.Net.IPEndPoint.Parse(weir.Addresses[1]));
        await AskAsync(stays, 1);
        await AskAsync(leaves, 1);
        ReloadReport report = await weir.Host.ReloadAsync(Read($"listen: [\"127.0.0.1:0\", \"127.0.0.3:0\"]\n{site}"));
        report.Listeners.Added.ShouldBe(["127.0.0.3:0"]);
        report.Listeners.Removed.ShouldBe(["127.0.0.2:0"]);
        report.Listeners.Kept.ShouldBe(1);
        using Wire comes = await Wire.ConnectAsync(System.Net.IPEndPoint.Parse(weir.Addresses[1]));
        await AskAsync(comes, 1);
        await stays.SendAsync(Get);
        (await stays.ReadResponseAsync()).ShouldNotContain("Connection: close");
        await leaves.SendAsync(Get);
        (await leaves.ReadResponseAsync()).ShouldContain("\r\nConnection: close\r\n");
        (await leaves.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listener_on_every_address_gives_way_to_one_address_of_the_same_port()
    {
        await using RawOrigin origin = new();
        string site = $"sites: {{ \"*\": \"{origin.Url}\" }}\n";
        await using RunningWeir weir = await RunningWeir.StartAsync($"listen: [\":0\"]\n{site}");
        string port = weir.Addresses[0].Split(':')[^1];
        ReloadReport report = await weir.Host.ReloadAsync(Read($"listen: [\"127.0.0.1:{port}\"]\n{site}"));
        report.Errors.ShouldBeEmpty();
        weir.Addresses.ShouldBe([$"127.0.0.1:{port}"]);
        using Wire wire = await weir.ConnectAsync();
        await AskAsync(wire, 1);
    }

    [Fact]
    public async Task A_listener_that_cannot_be_bound_changes_nothing()
    {
        await using RawOrigin origin = new();
        await using RawOrigin other = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        ReloadReport report = await weir.Host.ReloadAsync(Read($"listen: [\"127.0.0.1:0\", \"127.0.0.1:{other.Port}\"]\n" + One(other)));
        report.IsApplied.ShouldBeFalse();
        report.Errors.ShouldHaveSingleItem().Cause.ShouldContain("in use");
        report.Generation.ShouldBe(1);
        using Wire wire = await weir.ConnectAsync();
        await AskAsync(wire, 1);
        Requests(origin).ShouldBe(1);
        weir.Addresses.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_every_error_is_told()
    {
        await using RawOrigin origin = new();
        string folder = Programs.NewFolder();
        string file = Path.Combine(folder, "weir.yaml");
        string good = "admin: off\nlog: { access: off }\nlisten: [\"127.0.0.1:0\"]\n" + One(origin);
        await File.WriteAllTextAsync(file, good);
        List<ConfigError> errors = [];
        await using WeirHost? host = await WeirHost.StartAsync(
            Read(One(origin)), new StandardModules(), Telemetry.Events.WeirLog.Silent, errors, file);
        await File.WriteAllTextAsync(file, good + "lissen: 3\nlimits: { connections: many }\n");
        ReloadReport report = await host!.ReloadFileAsync();
        report.IsApplied.ShouldBeFalse();
        report.Errors.Count.ShouldBe(2);
        report.Errors[0].Line.ShouldBeGreaterThan(3);
        report.Summary.ShouldBe("refused with 2 errors; nothing has changed");
        await File.WriteAllTextAsync(file, good.Replace("log: { access: off }", "log: { access: off }\ntunnels: { idle: 2h }"));
        report = await host.ReloadFileAsync();
        report.Summary.ShouldBe("options: ~tunnels");
        host.Config.Tunnels.Idle.ShouldBe(TimeSpan.FromHours(2));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Without_a_file_there_is_nothing_to_read_anew()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        ReloadReport report = await weir.Host.ReloadFileAsync();
        report.IsApplied.ShouldBeFalse();
        report.Errors.ShouldHaveSingleItem().Cause.ShouldStartWith("There is nothing to reload");
    }

    [Fact]
    public async Task A_reload_during_a_drain_is_refused()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        weir.Host.BeginDrain();
        weir.Host.IsDraining.ShouldBeTrue();
        ReloadReport report = await weir.Host.ReloadAsync(Read(One(origin)));
        report.IsApplied.ShouldBeFalse();
        report.Errors.ShouldHaveSingleItem().Cause.ShouldBe("Weir is draining.");
    }

    [Fact]
    public async Task What_only_a_new_process_obeys_is_told()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        ReloadReport report = await weir.Host.ReloadAsync(Read("process: { loops: 3, user: nobody }\n" + One(origin)));
        report.IsApplied.ShouldBeTrue();
        report.NeedsRestart.ShouldBe(["process.loops was changed: it needs a restart.", "process.user was changed: it needs a restart."]);
    }

    [Fact]
    public async Task Limits_change_for_connections_that_are_there()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        using Wire wire = await weir.ConnectAsync();
        await AskAsync(wire, 1);
        ReloadReport report = await weir.Host.ReloadAsync(Read("limits: { requests_per_connection: 2 }\n" + One(origin)));
        report.OptionsChanged.ShouldBe(["limits"]);
        await wire.SendAsync(Get);
        (await wire.ReadResponseAsync()).ShouldContain("Connection: close");
    }

    [Fact]
    public async Task A_route_and_a_module_change_at_once()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(Routes(origin, "one"));
        (await weir.AskAsync("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")).ShouldContain("X-Is: one\r\n");
        ReloadReport report = await weir.Host.ReloadAsync(Read(Routes(origin, "two")));
        report.Sites.Changed.ShouldBe(["*"]);
        report.Routes.Changed.ShouldBe(["* /a/*"]);
        report.Routes.Kept.ShouldBe(1);
        report.ModulesMade.ShouldBe(1);
        report.ModulesKept.ShouldBe(1);
        (await weir.AskAsync("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")).ShouldContain("X-Is: two\r\n");
    }

    [Fact]
    public async Task Reloads_at_once_run_one_after_the_other()
    {
        await using RawOrigin origin = new();
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        ReloadReport[] reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            weir.Host.ReloadAsync(Read($"limits: {{ header_count: {100 + i} }}\n" + One(origin)))));
        reports.Select(report => report.Generation).Order().ShouldBe(Enumerable.Range(2, 8).Select(i => (long)i));
        reports.ShouldAllBe(report => report.IsApplied);
    }

    [Fact]
    public async Task The_access_log_moves_to_another_file_and_loses_no_line()
    {
        await using RawOrigin origin = new();
        string folder = Programs.NewFolder();
        await using (RunningWeir weir = await RunningWeir.StartAsync(Logged(folder, "one", origin)))
        {
            using Wire wire = await weir.ConnectAsync();
            await AskAsync(wire, 5);
            ReloadReport report = await weir.Host.ReloadAsync(Read(Logged(folder, "two", origin)));
            report.OptionsChanged.ShouldBe(["log.access"]);
            await AskAsync(wire, 7);
        }

        (await File.ReadAllLinesAsync(Path.Combine(folder, "one"))).Length.ShouldBe(5);
        (await File.ReadAllLinesAsync(Path.Combine(folder, "two"))).Length.ShouldBe(7);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_old_plan_is_garbage_once_its_exchanges_have_ended()
    {
        TaskCompletionSource asked = new();
        TaskCompletionSource go = new();
        await using RawOrigin origin = new(async wire =>
        {
            while (await RawOrigin.ReadRequestAsync(wire) is { } request)
            {
                if (request.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase))
                {
                    await wire.SendAsync(Clients.EchoOrigin.AcceptOf(request));
                    await wire.ReadToEndAsync();
                    return;
                }

                asked.TrySetResult();
                await go.Task;
                await wire.SendAsync(RawOrigin.Answer);
            }
        });
        await using RunningWeir weir = await RunningWeir.StartAsync(One(origin));
        using Wire tunnel = await weir.ConnectAsync();
        await tunnel.SendAsync("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        (await tunnel.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 101 ");
        WeakReference old = weir.Host.RememberPlan();
        using Wire wire = await weir.ConnectAsync();
        await wire.SendAsync(Get);
        await asked.Task;
        (await weir.Host.ReloadAsync(Read("tunnels: { idle: 2h }\n" + One(origin)))).IsApplied.ShouldBeTrue();
        Collect();
        old.IsAlive.ShouldBeTrue("An exchange has pinned it.");
        go.SetResult();
        await wire.ReadResponseAsync();
        await AskAsync(wire, 1);
        for (int i = 0; i < 100 && old.IsAlive; i++)
        {
            Collect();
            await Task.Delay(10);
        }

        old.IsAlive.ShouldBeFalse("The tunnel goes on without it.");
    }

    private static void Collect()
    {
#pragma warning disable RS0030 // Whether nothing holds an object is known only after a collection.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
#pragma warning restore RS0030
    }

    private static async Task AskAsync(Wire wire, int times)
    {
        for (int i = 0; i < times; i++)
        {
            await wire.SendAsync(Get);
            (await wire.ReadResponseAsync()).ShouldStartWith("HTTP/1.1 200 ");
        }
    }

    private static int Requests(RawOrigin origin) => origin.TakeRecorded().Split("\r\n\r\n").Length - 1;

    private static string One(RawOrigin origin) => $"upstreams: {{ app: {{ servers: [\"{origin.Url}\"] }} }}\nsites: {{ \"*\": app }}\n";

    private static string Two(RawOrigin one, RawOrigin two, int weight) => $$"""
        upstreams: { app: { balance: round_robin, servers: ["{{one.Url}}", { url: "{{two.Url}}", weight: {{weight}} }] } }
        sites: { "*": app }

        """;

    private static string Routes(RawOrigin origin, string word) => $$"""
        sites:
          "*":
            stack: [{ headers: { response: { set: { X-Site: yes } } } }]
            routes:
              - { path: /a/*, stack: [{ headers: { response: { set: { X-Is: {{word}} } } } }], to: "{{origin.Url}}" }
              - { to: "{{origin.Url}}" }

        """;

    private static string Logged(string folder, string name, RawOrigin origin) =>
        $"log: {{ access: {{ format: combined, to: \"{folder}/{name}\" }} }}\n" + One(origin);

    private static WeirConfig Read(string yaml) => RunningWeir.Read(yaml);
}
