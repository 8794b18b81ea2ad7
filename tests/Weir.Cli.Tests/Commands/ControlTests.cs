using System.Collections.Concurrent;
using System.Text.Json;

namespace Weir.Cli.Tests.Commands;

public sealed class ControlTests
{
    private const int SigTerm = 15;

    [Fact]
    public async Task A_server_is_drained_under_load_without_a_failed_request_and_comes_back()
    {
        using TemporaryFolder folder = new();
        await using NamedOrigin red = new("red");
        await using NamedOrigin green = new("green");
        await using NamedOrigin blue = new("blue");
        string file = folder.Write("weir.yaml", Config(red, green, blue));
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        int port = await weir.PortAsync();
        await weir.SeeAsync("admin_started");
        using Load load = new(port);
        await load.AnswersAsync(300);

        (int code, string output, string errors) = await WeirProgram.RunAsync("drain", "app/red", "--wait", "30s", "-c", file);
        code.ShouldBe(0, errors);
        output.ShouldStartWith("app/red is set to drain; it was ready");
        errors.ShouldContain("Nothing is in flight at app/red.");
        int seen = red.Count;
        await load.AnswersAsync(300);
        red.Count.ShouldBe(seen);

        (code, output, errors) = await WeirProgram.RunAsync("ready", "app/red", "-c", file);
        code.ShouldBe(0, errors);
        output.ShouldStartWith("app/red is set to ready; it was drain");
        await load.AnswersAsync(300);
        red.Count.ShouldBeGreaterThan(seen);
        (await load.EndAsync()).ShouldBeEmpty();
        weir.Errors.ShouldContain("server_set: uid ");
    }

    [Fact]
    public async Task A_state_survives_a_restart_and_status_shows_it()
    {
        using TemporaryFolder folder = new();
        await using NamedOrigin red = new("red");
        await using NamedOrigin green = new("green");
        string file = folder.Write("weir.yaml", Config(red, green));
        await using (WeirProgram first = WeirProgram.Start("run", "-c", file))
        {
            await first.SeeAsync("admin_started");
            (await WeirProgram.RunAsync("down", "app/red", "-c", file)).Code.ShouldBe(0);
            first.Signal(SigTerm);
            (await first.ExitAsync()).ShouldBe(0);
        }

        await using WeirProgram second = WeirProgram.Start("run", "-c", file);
        int port = await second.PortAsync();
        await second.SeeAsync("admin_started");
        using Load load = new(port);
        await load.AnswersAsync(50);
        (await load.EndAsync()).ShouldBeEmpty();
        red.Count.ShouldBe(0);

        (int code, string output, string errors) = await WeirProgram.RunAsync("status", "--json", "--admin", folder.Path("admin.sock"));
        code.ShouldBe(0, errors);
        JsonElement servers = JsonDocument.Parse(output).RootElement.GetProperty("upstreams")[0].GetProperty("servers");
        servers[0].GetProperty("state").GetString().ShouldBe("down");
        servers[1].GetProperty("requests").GetInt64().ShouldBeGreaterThanOrEqualTo(50);
        (code, output, errors) = await WeirProgram.RunAsync("status", "-c", file);
        code.ShouldBe(0, errors);
        output.ShouldMatch(@"app/red +down +healthy ");
        output.ShouldNotContain("\u001b", Case.Sensitive, "nothing steers a terminal where there is none");
    }

    [Fact]
    public async Task Waiting_ends_with_3_when_a_request_is_still_in_flight_and_with_0_when_it_has_ended()
    {
        using TemporaryFolder folder = new();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using NamedOrigin red = new("red", gate);
        string file = folder.Write("weir.yaml", Config(red));
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        int port = await weir.PortAsync();
        await weir.SeeAsync("admin_started");
        using HttpClient client = new();
        Task<string> answer = client.GetStringAsync($"http://127.0.0.1:{port}/");
        while (red.Count == 0)
        {
            await Task.Yield();
        }

        (int code, string output, string errors) = await WeirProgram.RunAsync("drain", "app/red", "--wait", "300ms", "-c", file);
        code.ShouldBe(3, errors);
        output.ShouldContain("1 request in flight");
        errors.ShouldContain("app/red still has 1 request in flight");
        gate.SetResult();
        (await answer).ShouldBe("red");
        (await WeirProgram.RunAsync("drain", "app/red", "--wait", "-c", file)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_wrong_name_is_answered_with_the_nearest_and_a_wrong_duration_with_an_example()
    {
        using TemporaryFolder folder = new();
        await using NamedOrigin red = new("red");
        string file = folder.Write("weir.yaml", Config(red));
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        await weir.SeeAsync("admin_started");

        (int code, _, string errors) = await WeirProgram.RunAsync("drain", "app/rad", "-c", file);
        code.ShouldBe(1);
        errors.ShouldBe("weir: The upstream \"app\" has no server \"rad\". Did you mean app/red?\n");
        (code, _, errors) = await WeirProgram.RunAsync("drain", "app/red", "--wait", "5", "-c", file);
        code.ShouldBe(1);
        errors.ShouldContain("'5' is no duration. Write one like 30s");
    }

    [Fact]
    public async Task Where_no_Weir_answers_the_exit_code_is_2()
    {
        using TemporaryFolder folder = new();
        foreach (string[] command in new[] { new[] { "status" }, ["drain", "app/red"], ["reload"] })
        {
            (int code, string output, string errors) = await WeirProgram.RunAsync([.. command, "--admin", folder.Path("none.sock")]);
            code.ShouldBe(2);
            output.ShouldBeEmpty();
            errors.ShouldContain("no Weir answers at " + folder.Path("none.sock"));
        }
    }

    [Fact]
    public async Task A_reload_tells_what_it_touched_or_why_it_was_refused()
    {
        using TemporaryFolder folder = new();
        await using NamedOrigin red = new("red");
        await using NamedOrigin green = new("green");
        string file = folder.Write("weir.yaml", Config(red));
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        await weir.SeeAsync("admin_started");
        string socket = folder.Path("admin.sock");

        folder.Write("weir.yaml", Config(red, green));
        (int code, string output, string errors) = await WeirProgram.RunAsync("reload", "--admin", socket);
        code.ShouldBe(0, errors);
        output.ShouldContain($"+app/origin1");
        folder.Write("weir.yaml", "sites: 1\n");
        (code, output, errors) = await WeirProgram.RunAsync("reload", "--admin", socket);
        code.ShouldBe(1);
        errors.ShouldContain("weir.yaml:1:8: error: ");
    }

    [Fact]
    public async Task Over_TCP_a_change_needs_the_token_of_the_file()
    {
        using TemporaryFolder folder = new();
        await using NamedOrigin red = new("red");
        string token = folder.Write("token", "a-token-of-this-test\n");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string file = folder.Write(
            "weir.yaml", Config(red).Replace("admin.sock,", "admin.sock, token_file: token,", StringComparison.Ordinal));
        await using WeirProgram weir = WeirProgram.Start("run", "-c", file);
        string said = await weir.SeeAsync("admin_started");
        string url = said[said.IndexOf("http://", said.IndexOf("admin_started", StringComparison.Ordinal), StringComparison.Ordinal)..].Split('\n')[0];

        (int code, _, string errors) = await WeirProgram.RunAsync("drain", "app/red", "--admin", url);
        code.ShouldBe(1);
        errors.ShouldContain("--token-file");
        (await WeirProgram.RunAsync("drain", "app/red", "--admin", url, "--token-file", token)).Code.ShouldBe(0);
        (await WeirProgram.RunAsync("status", "--admin", url)).Output.ShouldMatch("app/red +drain ");
    }

    private static string Config(params NamedOrigin[] origins) => $$"""
        listen: ["127.0.0.1:0"]
        process: { data: data }
        admin: { socket: admin.sock, listen: "127.0.0.1:0" }
        log: { access: off }
        upstreams:
          app:
            servers:
        {{string.Join('\n', origins.Select((origin, index) => $"      - {{ url: \"http://127.0.0.1:{origin.Port}\", name: {Name(index)} }}"))}}
        sites:
          "*": { to: app }
        """;

    private static string Name(int index) => index == 0 ? "red" : $"origin{index}";

    /// <summary>Clients that ask until the end; each answer but 200 is a failure.</summary>
    private sealed class Load : IDisposable
    {
        private const int Clients = 8;

        private readonly HttpClient _client;
        private readonly CancellationTokenSource _end = new();
        private readonly ConcurrentQueue<string> _failures = new();
        private readonly Task[] _tasks;
        private int _answers;

        public Load(int port)
        {
            _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            _tasks = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(AskAsync))];
        }

        public async Task AnswersAsync(int more)
        {
            int wanted = Volatile.Read(ref _answers) + more;
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
            while (Volatile.Read(ref _answers) < wanted)
            {
                await Task.Delay(10, patience.Token);
            }
        }

        public async Task<IReadOnlyCollection<string>> EndAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_tasks);
            return _failures;
        }

        public void Dispose()
        {
            _end.Cancel();
            _client.Dispose();
            _end.Dispose();
        }

        private async Task AskAsync()
        {
            for (int i = 0; !_end.IsCancellationRequested; i++)
            {
                try
                {
                    // Every kind of request: one that may be sent again, and one that may not.
                    using HttpRequestMessage request = new(i % 2 == 0 ? HttpMethod.Get : HttpMethod.Delete, "/");
                    using HttpResponseMessage response = await _client.SendAsync(request);
                    if (!response.IsSuccessStatusCode)
                    {
                        _failures.Enqueue(response.ToString());
                    }

                    Interlocked.Increment(ref _answers);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    _failures.Enqueue(exception.ToString());
                }
            }
        }
    }
}
