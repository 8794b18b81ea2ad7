
using Weir.Modules.Limiting;

namespace Weir.Modules.Tests.Limiting;

public sealed class TokenBucketsTests
{
    private const long NsPerMs = 1_000_000;

    [Fact]
    public void A_burst_passes_and_then_one_for_each_token()
    {
        TokenBuckets buckets = new(1024, perSecond: 10, burst: 5);
        for (int left = 4; left >= 0; left--)
        {
            buckets.Spend(1, 0).ShouldBe(new BucketDecision(true, left, 0));
        }

        buckets.Spend(1, 0).ShouldBe(new BucketDecision(false, 0, 100 * NsPerMs));
        buckets.Spend(1, 99 * NsPerMs).ShouldBe(new BucketDecision(false, 0, 1 * NsPerMs));
        buckets.Spend(1, 100 * NsPerMs).IsAllowed.ShouldBeTrue();
        buckets.Spend(1, 100 * NsPerMs).IsAllowed.ShouldBeFalse();
        buckets.Spend(1, 10_000 * NsPerMs).Left.ShouldBe(4);
    }

    [Fact]
    public void A_refused_request_costs_its_client_nothing()
    {
        TokenBuckets buckets = new(1024, perSecond: 1, burst: 1);
        buckets.Spend(1, 0).IsAllowed.ShouldBeTrue();
        for (int i = 0; i < 100; i++)
        {
            buckets.Spend(1, 500 * NsPerMs).IsAllowed.ShouldBeFalse();
        }

        buckets.Spend(1, 1000 * NsPerMs).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Looking_spends_nothing_and_takes_no_place()
    {
        TokenBuckets buckets = new(1024, perSecond: 1, burst: 2);
        for (int i = 0; i < 10; i++)
        {
            buckets.Peek(1, 0).ShouldBe(new BucketDecision(true, 1, 0));
        }

        buckets.Spend(1, 0);
        buckets.Peek(1, 0).Left.ShouldBe(0);
        buckets.Peek(1, 0).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void Any_sequence_is_decided_as_a_plain_bucket_does()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        const int Burst = 7;
        const long TokenNs = 50 * NsPerMs;
        TokenBuckets buckets = new(1024, perSecond: 20, Burst);
        long nowNs = 0;
        long level = Burst * TokenNs;
        for (int i = 0; i < 10_000; i++)
        {
            long passedNs = random.Next(0, 120) * NsPerMs;
            nowNs += passedNs;
            level = Math.Min(Burst * TokenNs, level + passedNs);
            bool isAllowed = level >= TokenNs;
            level -= isAllowed ? TokenNs : 0;
            buckets.Spend(1, nowNs).IsAllowed.ShouldBe(isAllowed, $"seed {seed}, request {i}");
        }
    }

    [Fact]
    public void A_million_live_keys_are_nearly_all_remembered()
    {
        const int Keys = 1_000_000;
        Random random = new(20261121);
        ulong[] keys = new ulong[Keys];
        TokenBuckets buckets = new(Keys, perSecond: 0.001, burst: 2);
        for (int i = 0; i < Keys; i++)
        {
            keys[i] = (ulong)random.NextInt64(1, long.MaxValue) << 1;
            buckets.Spend(keys[i], 0);
        }

        keys.Count(key => buckets.Peek(key, 0).Left == 1).ShouldBeLessThan(Keys / 50);
    }

    [Fact]
    public void In_a_crowded_set_the_key_nearest_to_full_is_forgotten()
    {
        // 1024 keys have 256 sets; the low half of a key does not choose the set.
        TokenBuckets buckets = new(1024, perSecond: 1, burst: 10);
        for (ulong key = 1; key <= 8; key++)
        {
            for (ulong spent = 0; spent < key; spent++)
            {
                buckets.Spend(key, 0);
            }
        }

        buckets.Spend(9, 0);
        buckets.Peek(1, 0).Left.ShouldBe(9);
        for (ulong key = 2; key <= 8; key++)
        {
            buckets.Peek(key, 0).Left.ShouldBe(9 - (int)key);
        }
    }

    [Fact]
    public void Ten_million_new_addresses_do_not_make_it_forget_who_is_heavy()
    {
        const int Heavy = 100;
        Random random = new(20261121);
        TokenBuckets buckets = new(65_536, perSecond: 10, burst: 20);
        ulong[] heavy = [.. Enumerable.Range(0, Heavy).Select(_ => (ulong)random.NextInt64(1, long.MaxValue) << 1)];
        int allowed = 0;

        // Ten seconds: a million strangers in each, and each of the heavy a hundred times.
        for (int step = 0; step < 1000; step++)
        {
            long nowNs = step * 10 * NsPerMs;
            allowed += heavy.Count(key => buckets.Spend(key, nowNs).IsAllowed);
            for (int i = 0; i < 10_000; i++)
            {
                buckets.Spend((ulong)random.NextInt64(1, long.MaxValue) << 1, nowNs);
            }
        }

        // By their rate 20 at once and 100 in ten seconds each; a few are forgotten once, and begin again.
        allowed.ShouldBeInRange(Heavy * 119, Heavy * 125);
    }

    [Fact]
    public async Task Several_loops_together_let_no_more_than_the_burst_pass()
    {
        const int Burst = 50_000;
        TokenBuckets buckets = new(1024, perSecond: 0.001, Burst);
        buckets.Spend(1, 0).IsAllowed.ShouldBeTrue();
        Task<int>[] loops = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () => Enumerable.Range(0, Burst).Count(_ => buckets.Spend(1, 0).IsAllowed),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        int[] allowed = await Task.WhenAll(loops);
        allowed.Sum().ShouldBe(Burst - 1);
    }

    // SipHash-1-3 under the key 0, as CPython 3.11 computes it for bytes with PYTHONHASHSEED=0.
    [Theory]
    [InlineData("a", 0x407448d2b89b1813)]
    [InlineData("abcdefg", 0x6db12aae9070f506)]
    [InlineData("abcdefgh", 0x3f7b849c0b8e35ea)]
    [InlineData("abcdefghi", 0xf89b34a3d11eb6e5)]
    public void The_hash_is_SipHash_1_3(string text, ulong hash) =>
        SipHash.Of(System.Text.Encoding.ASCII.GetBytes(text), 0, 0).ShouldBe(hash);
}
