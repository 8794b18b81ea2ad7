using System.CommandLine;
using Weir.Admin.Api;
using Weir.Cli.Control;
using Weir.Config.Shapes;
using Weir.Control;

namespace Weir.Cli.Commands;

/// <summary>weir drain, weir ready and weir down.</summary>
internal static class ServerStateCommand
{
    private const int LookAgainMs = 200;

    private static readonly TimeSpan _tellAgain = TimeSpan.FromSeconds(2);

    public static Command Drain() => Create("drain", """
        Sends no new clients to a server. Requests in flight end, and clients that a cookie binds to it keep it. The state stays
        until `weir ready`, also across reloads and restarts. With --wait it ends when nothing is in flight there any more.
        Exit codes: 0 done, 1 no such server, 2 no Weir answers, 3 the time is over and requests are still in flight.

        Example:  weir drain app/10.0.0.11:8080
                  weir drain app/10.0.0.11:8080 --wait 5m && ssh 10.0.0.11 reboot
        """);

    public static Command Ready() => Create("ready", """
        Puts a server that was drained or down back into service. With slow_start it gets its share little by little.
        Exit codes: 0 done, 1 no such server, 2 no Weir answers.

        Example:  weir ready app/10.0.0.11:8080
        """);

    public static Command Down() => Create("down", """
        Sends nothing at all to a server, also not its bound clients. Requests in flight end. The state stays until `weir ready`,
        also across reloads and restarts. Exit codes: 0 done, 1 no such server, 2 no Weir answers, 3 with --wait: the time is over.

        Example:  weir down app/10.0.0.11:8080
        """);

    private static Command Create(string state, string description)
    {
        AdminOptions options = new();
        Argument<string> server = new("SERVER") { Description = "UPSTREAM/SERVER, as `weir status` shows it." };
        Command command = new(state, description) { server };
        Option<string?> wait = new("--wait")
        {
            Description = "Wait until nothing is in flight there, for so long at most; without a duration, however long it takes.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "DURATION",
        };
        if (state != "ready")
        {
            command.Options.Add(wait);
        }

        options.AddTo(command);
        command.SetAction(async result =>
        {
            bool mustWait = result.GetResult(wait) is not null;
            TimeSpan? atMost = null;
            if (mustWait && result.GetValue(wait) is { } text)
            {
                if (!DurationText.TryParse(text, out TimeSpan duration))
                {
                    Console.Error.WriteLine($"--wait: '{text}' is no duration. Write one like 30s, 5m or 1h.");
                    return ExitCode.Refused;
                }

                atMost = duration;
            }

            using AdminLink? link = await options.ConnectAsync(result);
            return link is null
                ? ExitCode.NoWeir
                : await SetAsync(link, result.GetRequiredValue(server), state, options.IsJson(result)) is var code
                    && (code != ExitCode.Done || !mustWait)
                    ? code
                    : await WaitAsync(link, result.GetRequiredValue(server), atMost);
        });
        return command;
    }

    private static async Task<int> SetAsync(AdminLink link, string server, string state, bool isJson)
    {
        if (await link.PostAsync("/api/v1/servers", new ServerWish(state, server), AdminJson.Default.ServerWish) is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.ServerAnswer) is not { Was: not null } answer)
        {
            return reply.Complain();
        }

        if (isJson)
        {
            Console.Out.WriteLine(reply.Body);
        }
        else
        {
            string left = answer.Server is { } now && state != "ready" ? ": " + StatusTable.Remaining(now) : "";
            Console.Out.WriteLine($"{server} is set to {state}; it was {answer.Was}{left}");
        }

        if (answer.Warning is { Length: > 0 } warning)
        {
            Console.Error.WriteLine($"weir: the state is set, but {warning}.");
        }

        return ExitCode.Done;
    }

    private static async Task<int> WaitAsync(AdminLink link, string server, TimeSpan? atMost)
    {
        using CancellationTokenSource end = atMost is { } some ? new CancellationTokenSource(some) : new CancellationTokenSource();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(LookAgainMs));
        long toldAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await link.GetAsync("/api/v1/upstreams") is not { } reply)
            {
                return ExitCode.NoWeir;
            }

            ServerStatus? now = reply.Read(AdminJson.Default.UpstreamList)?.Upstreams?
                .SelectMany(upstream => upstream.Servers.Where(other => $"{upstream.Name}/{other.Name}" == server)).FirstOrDefault();
            if (now is null or { InFlight: 0 })
            {
                Console.Error.WriteLine(
                    now is null ? $"{server} is no longer part of the configuration." : $"Nothing is in flight at {server}.");
                return ExitCode.Done;
            }

            if (TimeProvider.System.GetElapsedTime(toldAt) > _tellAgain)
            {
                toldAt = TimeProvider.System.GetTimestamp();
                Console.Error.WriteLine($"{server}: {StatusTable.Remaining(now)}");
            }

            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"weir: the time is over, and {server} still has {StatusTable.Remaining(now)}.");
                return ExitCode.NotYet;
            }
        }
    }
}
