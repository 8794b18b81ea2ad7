using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Options;
using Weir.Admin.Serving;
using Weir.Cli.Commands;
using Weir.Config;
using Weir.Config.Model;
using Weir.Explaining;
using Weir.Hosting;
using Weir.Modules;
using Weir.Telemetry.Events;

namespace Weir.Cli.Demo;

/// <summary>The demonstration: three origins, the proxy, traffic, and an origin that dies and comes back.</summary>
internal static class DemoShow
{
    // Of each round, in seconds, when nobody set an end.
    private const int Round = 20;

    public static async Task<int> RunAsync(int? seconds, Task stop)
    {
        DemoOrigin[] origins = [new("red"), new("green"), new("blue")];
        foreach (DemoOrigin origin in origins)
        {
            await origin.StartAsync();
        }

        // Bound and never listened on: whoever connects is refused, and nobody else gets the port meanwhile.
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("weir-demo-");
        string text = ProxyConfig(origins, ((IPEndPoint)closed.LocalEndPoint!).Port, folder.FullName);
        (WeirHost proxy, OpenedAdmin? opened) = await StartAsync(text);
        AdminServer? admin = opened is null ? null : await AdminServer.StartAsync(opened, proxy.Control, WeirLog.Silent);
        string url = "http://" + proxy.Addresses[0];
        try
        {
            Introduce(origins, url);
            ShowAdmin(admin);
            await ShowExplanationAsync(text, url);
            await ShowTrafficAsync(origins, url, seconds, stop);
        }
        finally
        {
            await proxy.DrainAsync(TimeSpan.FromSeconds(1));
            await (admin?.DisposeAsync() ?? ValueTask.CompletedTask);
            await proxy.DisposeAsync();
            folder.Delete(recursive: true);
            foreach (DemoOrigin origin in origins)
            {
                await origin.KillAsync();
            }
        }

        Console.Out.WriteLine("The demo has ended; nothing is left behind.");
        return 0;
    }

    /// <summary>Starts a Weir from a text that is known to be right.</summary>
    /// <exception cref="InvalidOperationException">It is not, or no port is free.</exception>
    public static async Task<(WeirHost Host, OpenedAdmin? Admin)> StartAsync(string text)
    {
        ConfigResult read = ConfigReader.ReadText(text, "demo", new StandardModules());
        List<ConfigError> errors = [.. read.Errors];
        OpenedAdmin? admin = read.Config is { } known ? OpenedAdmin.Open(known, WeirLog.Silent, errors) : null;
        WeirHost? host = read.Config is { } config
            ? await WeirHost.StartAsync(config, new StandardModules(), WeirLog.Silent, errors)
            : null;
        return host is null ? throw new InvalidOperationException(string.Join('\n', errors)) : (host, admin);
    }

    private static string ProxyConfig(DemoOrigin[] origins, int closedPort, string folder) => $$"""
        listen: ["127.0.0.1:0"]
        process: { data: {{folder}} }
        admin: { socket: {{Path.Combine(folder, "admin.sock")}}, listen: "127.0.0.1:0" }
        log: { level: error, access: off }
        upstreams:
          app:
            servers:
        {{string.Join('\n', origins.Select(origin => $"      - {{ url: \"http://127.0.0.1:{origin.Port}\", name: {origin.Name} }}"))}}
            balance: round_robin
            health: { passive: { failures: 2, window: 10s, eject: 2s } }
        sites:
          "*":
            stack:
              - headers: { response: { set: { X-Served-By: weir } } }
            routes:
              - path: /old/*
                stack: [{ redirect: { to: "/new/{path.rest}", status: 308 } }]
              - path: /broken
                to: http://127.0.0.1:{{closedPort}}
              - to: app
        """;

    private static void Introduce(DemoOrigin[] origins, string url)
    {
        Console.Out.WriteLine($"Weir listens on {url} in front of three origins:");
        foreach (DemoOrigin origin in origins)
        {
            Console.Out.WriteLine($"  {origin.Name,-6} http://127.0.0.1:{origin.Port}");
        }

        Console.Out.WriteLine($"""

            Try, in another terminal:
              curl -i {url}/              an origin answers; again, and it is another one
              curl -i {url}/old/page      a module answers: a redirect
              curl -i {url}/broken        nothing listens there: Weir's own error page, with Proxy-Status
              curl -i --path-as-is {url}/../x    refused before any module sees it

            """);
    }

    private static void ShowAdmin(AdminServer? admin)
    {
        if (admin is not { SocketPath: { } socket, Url: { } url })
        {
            return;
        }

        Console.Out.WriteLine($"""
            Its admin is on {url} and on a socket; what an operator does:
              weir status --admin {socket}             what runs, and the servers' states
              weir drain app/red --admin {socket}      no new requests there; `weir ready app/red` brings it back
              curl {url}/metrics        figures for Prometheus

            """);
    }

    private static async Task ShowExplanationAsync(string text, string url)
    {
        ConfigResult read = ConfigReader.ReadText(text, "demo", new StandardModules());
        WeirConfig config = read.Config!;
        AskedRequest request = new() { Method = "GET", Url = url + "/hello", Fields = ["Accept: text/html"] };
        if (await new Explainer(config, new StandardModules()).ExplainAsync(request) is { } explanation)
        {
            Console.Out.WriteLine($"`weir explain GET {request.Url} -H 'Accept: text/html'` would say:");
            ExplanationText.Write(explanation with { Steps = [.. explanation.Steps.Where(step => step.Where != "listener")] }, Console.Out);
            Console.Out.WriteLine();
        }
    }

    private static async Task ShowTrafficAsync(DemoOrigin[] origins, string url, int? seconds, Task stop)
    {
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        using (HttpResponseMessage broken = await client.GetAsync("/broken"))
        {
            string reason = broken.Headers.TryGetValues("Proxy-Status", out IEnumerable<string>? values) ? values.First() : "";
            Console.Out.WriteLine($"GET /broken answers {(int)broken.StatusCode}, Proxy-Status: {reason}");
        }

        Console.Out.WriteLine(
            $"A little traffic, until {(seconds is { } some ? $"{some} s have passed or " : "")}Ctrl-C. Answers by origin, each second:");
        DemoTraffic traffic = new();
        using CancellationTokenSource end = new();
        Task sending = traffic.RunAsync(client, end.Token);
        int round = Math.Min(seconds ?? Round, Round);
        DemoOrigin victim = origins[1];
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        for (int second = 1; seconds is null || second <= seconds; second++)
        {
            Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(tick, stop) == stop)
            {
                break;
            }

            await tick;
            Console.Out.WriteLine(
                $"  {second,4} s   {string.Join("   ", origins.Select(origin => Count(origin, traffic)))}   failed {traffic.Failed}");
            await MoveOnAsync(victim, second % round, round);
        }

        await end.CancelAsync();
        await sending;
    }

    private static string Count(DemoOrigin origin, DemoTraffic traffic) =>
        origin.IsRunning ? $"{origin.Name} {traffic.Take(origin.Name),3}" : $"{origin.Name} off";

    private static async Task MoveOnAsync(DemoOrigin victim, int second, int round)
    {
        if (victim.IsRunning && second == Math.Max(round / 3, 1))
        {
            await victim.KillAsync();
            Console.Out.WriteLine($"         {victim.Name} is killed: the others take its share, no request fails");
        }
        else if (!victim.IsRunning && second == Math.Max(round * 2 / 3, 2) % round)
        {
            await victim.StartAsync();
            Console.Out.WriteLine($"         {victim.Name} is back: it gets requests again within seconds");
        }
    }
}
