using System.Net.Sockets;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Sockets;

/// <summary>Origins that die and are restarted under load: no request that may be sent again fails.</summary>
public sealed class DyingOrigins
{
    private const int Clients = 24;
    private const int Round = 1_500;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("")]
    [InlineData("health: { active: { type: tcp, interval: 200ms } }")]
    [InlineData("health: { passive: { failures: 10000 } }")]
    public async Task Nothing_fails_when_one_of_three_is_killed(string health)
    {
        await using Nginx first = await OriginAsync();
        await using Nginx second = await OriginAsync();
        await using Nginx third = await OriginAsync();
        await using RunningWeir weir = await StartAsync([first, second, third], health);
        await using Load load = new(weir);
        await load.MoreAsync(Round);
        second.Kill();
        await load.MoreAsync(Round * 2);
        (await load.EndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_fails_when_all_are_restarted_one_after_the_other()
    {
        Nginx[] origins = [await OriginAsync(), await OriginAsync(), await OriginAsync()];
        await using RunningWeir weir = await StartAsync(origins, "");
        await using Load load = new(weir);
        await load.MoreAsync(Round);
        foreach (Nginx origin in origins)
        {
            origin.Kill();
            await load.MoreAsync(Round);
            await origin.StartAgainAsync();
            await load.MoreAsync(Round);
        }

        (await load.EndAsync()).ShouldBeEmpty();
        foreach (Nginx origin in origins)
        {
            await origin.DisposeAsync();
        }
    }

    private static async Task<Nginx> OriginAsync()
    {
        Nginx origin = await Nginx.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(origin.Folder, "page.txt"), "page");
        return origin;
    }

    private static Task<RunningWeir> StartAsync(Nginx[] origins, string health) => RunningWeir.StartAsync($$"""
        process: { loops: 2 }
        upstreams:
          app:
            servers: [{{string.Join(", ", origins.Select(origin => origin.Url))}}]
            {{health}}
        sites: { "*": { routes: [{ to: app }] } }
        """);

    /// <summary>Clients that ask without a pause.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly RunningWeir _weir;
        private readonly Task[] _clients;
        private readonly List<string> _failures = [];
        private volatile bool _isOver;
        private int _answered;

        public Load(RunningWeir weir)
        {
            _weir = weir;
            _clients = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(AskAsync))];
        }

        /// <summary>Waits until so many more requests were answered.</summary>
        public async Task MoreAsync(int count)
        {
            int end = Volatile.Read(ref _answered) + count;
            using CancellationTokenSource deadline = new(_patience);
            using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
            while (Volatile.Read(ref _answered) < end)
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }

        /// <summary>Ends the load; what failed.</summary>
        public async Task<IReadOnlyList<string>> EndAsync()
        {
            _isOver = true;
            await Task.WhenAll(_clients);
            return _failures;
        }

        public async ValueTask DisposeAsync() => await EndAsync();

        private async Task AskAsync()
        {
            while (!_isOver)
            {
                using Wire wire = await _weir.ConnectAsync();
                await AskOnAsync(wire);
            }
        }

        private async Task AskOnAsync(Wire wire)
        {
            while (!_isOver)
            {
                string answer;
                try
                {
                    await wire.SendAsync("GET /page.txt HTTP/1.1\r\nHost: h\r\n\r\n");
                    answer = await wire.ReadResponseAsync();
                }
                catch (Exception error) when (error is SocketException or InvalidOperationException or TimeoutException)
                {
                    answer = error.Message;
                }

                Interlocked.Increment(ref _answered);
                if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)
                    || !answer.EndsWith("\r\n\r\npage", StringComparison.Ordinal))
                {
                    lock (_failures)
                    {
                        _failures.Add(answer);
                    }

                    return;
                }
            }
        }
    }
}
