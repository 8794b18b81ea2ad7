using System.Net.Sockets;
using System.Text.Json;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>What only a process of its own can show: signals, descriptors, the log.</summary>
public sealed class Processes
{
    private const string Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    [Fact]
    public async Task Without_descriptors_accepting_pauses_and_goes_on_afterwards()
    {
        const int Descriptors = 128;
        await using RawOrigin origin = new();
        await using WeirProcess weir = await WeirProcess.StartAsync(
            $"log: {{ access: off }}\nprocess: {{ loops: 1 }}\nsites: {{ \"*\": \"{origin.Url}\" }}\n", Descriptors);
        List<Wire> wires = [];
        for (int i = 0; i < Descriptors * 2; i++)
        {
            wires.Add(await weir.ConnectAsync());
        }

        weir.CountDescriptors().ShouldBeLessThanOrEqualTo(Descriptors);
        wires.ForEach(wire => wire.Dispose());
        string answer = await AskAsync(weir);
        for (int i = 0; i < 100 && answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal); i++)
        {
            // On a busy machine some of those that went are still on their way out.
            answer = await AskAsync(weir);
        }

        answer.ShouldStartWith("HTTP/1.1 200 ");
        weir.Terminate();
        (await weir.EndAsync()).ShouldBe(0);
    }

    private static async Task<string> AskAsync(WeirProcess weir)
    {
        using Wire late = await weir.ConnectAsync();
        await late.SendAsync(Request);
        return await late.ReadResponseAsync();
    }

    [Fact]
    public async Task A_drain_lets_every_request_end()
    {
        const int Requests = 40;
        using SemaphoreSlim asked = new(0);
        TaskCompletionSource go = new();
        await using RawOrigin origin = new(async wire =>
        {
            while (await RawOrigin.ReadRequestAsync(wire) is not null)
            {
                asked.Release();
                await go.Task;
                await wire.SendAsync(RawOrigin.Answer);
            }
        });
        await using WeirProcess weir = await WeirProcess.StartAsync(
            $"log: {{ access: off }}\nprocess: {{ loops: 2 }}\nsites: {{ \"*\": \"{origin.Url}\" }}\n");
        using Wire idle = await weir.ConnectAsync();
        List<Wire> wires = [];
        for (int i = 0; i < Requests; i++)
        {
            Wire wire = await weir.ConnectAsync();
            wires.Add(wire);
            await wire.SendAsync(Request);
            (await asked.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        }

        weir.Terminate();
        await UntilRefusedAsync(weir);

        // Taken before the drain, asked after it began: still served.
        await idle.SendAsync(Request);
        (await asked.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        wires.Add(idle);
        go.SetResult();
        foreach (Wire wire in wires)
        {
            string answer = await wire.ReadToEndAsync();
            answer.ShouldStartWith("HTTP/1.1 200 ");
            answer.ShouldContain("\r\nConnection: close\r\n");
            wire.Dispose();
        }

        (await weir.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Every_request_is_a_line_of_JSON_in_the_access_log()
    {
        await using RawOrigin origin = new();
        await using WeirProcess weir = await WeirProcess.StartAsync(
            $"log: {{ access: {{ format: json, to: \"{{folder}}/access.log\" }} }}\nsites: {{ \"*\": \"{origin.Url}\" }}\n");
        string[] requests =
        [
            Request,
            "GET /a?b=\"c\" HTTP/1.1\r\nHost: h\r\nUser-Agent: \"quoted\" \\ \u00ff\r\nReferer: \u00c3\u00a9\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
            "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
        ];
        foreach (string request in requests)
        {
            using Wire wire = await weir.ConnectAsync();
            await wire.SendAsync(request);
            (await wire.ReadHeadAsync()).ShouldStartWith("HTTP/1.1 200 ");
        }

        weir.Terminate();
        (await weir.EndAsync()).ShouldBe(0);
        string[] lines = weir.ReadFile("access.log").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(requests.Length);
        foreach (string line in lines)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            json.RootElement.GetProperty("status").GetInt32().ShouldBe(200);
        }
    }

    private static async Task UntilRefusedAsync(WeirProcess weir)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                (await weir.ConnectAsync()).Dispose();
                await timer.WaitForNextTickAsync();
            }
            catch (SocketException)
            {
                return;
            }
        }

        throw new TimeoutException("weir still listens");
    }
}
