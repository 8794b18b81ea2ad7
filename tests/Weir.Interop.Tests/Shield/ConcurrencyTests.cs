using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Shield;

/// <summary>`concurrency` as curl sees it, through the whole proxy: who waits, who is refused, and what the origin sees of it.</summary>
public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Who_finds_the_queue_full_is_refused_at_once_and_who_waits_is_served()
    {
        await using HoldingOrigin origin = new();
        await using RunningWeir weir = await StartAsync(origin, "limit: 1, queue: 1, wait: 1m");
        Task<string> first = CurlAsync(weir);
        await origin.AskedAsync(1);
        Task<string> second = CurlAsync(weir);
        Task<string> third = CurlAsync(weir);

        // One of the two waits, whichever came first; only the other can end while the origin holds the place.
        string refused = await await Task.WhenAny(second, third);
        refused.ShouldStartWith("HTTP/1.1 503 ");
        refused.ShouldContain("\r\nRetry-After: 60\r\n", Case.Insensitive);
        origin.AskedCount.ShouldBe(1);
        origin.Release();
        (await first).ShouldEndWith("\r\n\r\nok");
        string[] rest = await Task.WhenAll(second, third);
        rest.Count(answer => answer.EndsWith("\r\n\r\nok", StringComparison.Ordinal)).ShouldBe(1);
        (origin.AskedCount, origin.MostAtOnce).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Who_waits_longer_than_allowed_is_refused_and_the_origin_never_hears_of_it()
    {
        await using HoldingOrigin origin = new();
        await using RunningWeir weir = await StartAsync(origin, "limit: 1, wait: 50ms");
        Task<string> first = CurlAsync(weir);
        await origin.AskedAsync(1);
        string late = await CurlAsync(weir);
        late.ShouldStartWith("HTTP/1.1 503 ");
        late.ShouldContain("\r\nRetry-After: 1\r\n", Case.Insensitive);
        origin.Release();
        (await first).ShouldEndWith("\r\n\r\nok");
        origin.AskedCount.ShouldBe(1);
        (await CurlAsync(weir)).ShouldEndWith("\r\n\r\nok");
    }

    [Fact]
    public async Task One_key_holds_nobody_up_but_itself()
    {
        await using HoldingOrigin origin = new();
        await using RunningWeir weir = await StartAsync(origin, "key: header.X-Tenant, limit: 1, queue: 0, wait: 2s");
        Task<string> first = CurlAsync(weir, "-H", "X-Tenant: a");
        await origin.AskedAsync(1);
        string refused = await CurlAsync(weir, "-H", "X-Tenant: a");
        refused.ShouldStartWith("HTTP/1.1 429 ");
        refused.ShouldContain("\r\nRetry-After: 2\r\n", Case.Insensitive);
        Task<string> other = CurlAsync(weir, "-H", "X-Tenant: b");
        await origin.AskedAsync(2);
        origin.Release();
        (await first).ShouldEndWith("\r\n\r\nok");
        (await other).ShouldEndWith("\r\n\r\nok");
        (origin.AskedCount, origin.MostAtOnce).ShouldBe((2, 2));
    }

    private static Task<RunningWeir> StartAsync(HoldingOrigin origin, string options) => RunningWeir.StartAsync($$"""
        sites: { "*": { stack: [{ concurrency: { {{options}} } }], to: "{{origin.Url}}" } }
        """);

    private static async Task<string> CurlAsync(RunningWeir weir, params string[] arguments)
    {
        string[] asked = ["-s", "-i", "--max-time", "60", .. arguments, weir.Url + "/"];
        (int code, string output, string error) = await Programs.RunAsync("curl", asked);
        code.ShouldBe(0, error);
        return output;
    }

    /// <summary>An origin that answers nobody until it is told to, and then everybody.</summary>
    private sealed class HoldingOrigin : IAsyncDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _news = new(0);
        private readonly RawOrigin _origin;
        private int _asked;
        private int _inFlight;
        private int _most;

        public HoldingOrigin() => _origin = new RawOrigin(async wire =>
        {
            while (await RawOrigin.ReadRequestAsync(wire) is not null)
            {
                int now = Interlocked.Increment(ref _inFlight);
                InterlockedMax(now);
                Interlocked.Increment(ref _asked);
                _news.Release();
                await _released.Task;
                Interlocked.Decrement(ref _inFlight);
                await wire.SendAsync(RawOrigin.Answer);
            }
        });

        public string Url => _origin.Url;

        public int AskedCount => Volatile.Read(ref _asked);

        public int MostAtOnce => Volatile.Read(ref _most);

        public async Task AskedAsync(int count)
        {
            while (AskedCount < count)
            {
                (await _news.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue("The origin was not asked.");
            }
        }

        public void Release() => _released.TrySetResult();

        public async ValueTask DisposeAsync()
        {
            Release();
            await _origin.DisposeAsync();
            _news.Dispose();
        }

        private void InterlockedMax(int value)
        {
            for (int seen = MostAtOnce; seen < value; seen = MostAtOnce)
            {
                Interlocked.CompareExchange(ref _most, value, seen);
            }
        }
    }
}
