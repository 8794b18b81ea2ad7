using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>Proves that every policy spreads requests by weight, with and without load, and that a pick allocates nothing.</summary>
public sealed class DistributionTests
{
    private const int Picks = 200_000;

    public static TheoryData<string> Policies => new(All.Keys);

    private static Dictionary<string, Func<IBalancer>> All { get; } = new(StringComparer.Ordinal)
    {
        ["p2c"] = () => new PowerOfTwoBalancer(),
        ["round_robin"] = () => new RoundRobinBalancer(),
        ["least_requests"] = () => new LeastRequestsBalancer(),
        ["random"] = () => new RandomBalancer(),
        ["latency"] = () => new LatencyBalancer(),
        ["hash"] = () => new HashBalancer("uri"),
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Idle_servers_get_requests_by_their_weights(string policy)
    {
        foreach (int[] weights in new int[][] { [1, 1, 1], [1, 2, 5], [.. Enumerable.Repeat(3, 24), 28] })
        {
            using BalanceBed bed = new(All[policy](), weights);
            int[] counts = policy == "hash" ? CountKeys(bed) : bed.Count(Picks);

            // 0.7 % of all requests is five standard deviations of a lot, and above the grain of the hash's slots.
            for (int i = 0; i < weights.Length; i++)
            {
                ((double)counts[i]).ShouldBe((double)Picks * weights[i] / weights.Sum(), Picks * 0.007, $"{policy}, weight {weights[i]}");
            }
        }
    }

    [Theory]
    [InlineData("p2c", 0.2)]
    [InlineData("least_requests", 0.03)]
    [InlineData("latency", 0.25)]
    public void What_is_in_flight_is_spread_by_the_weights(string policy, double tolerance)
    {
        using BalanceBed bed = new(All[policy](), [1, 2, 3, 4]);
        for (int i = 0; i < 1000; i++)
        {
            bed.Occupy(bed.Pick()!);
        }

        for (int i = 0; i < 4; i++)
        {
            double share = 1000 * (i + 1) / 10.0;
            ((double)bed.Servers[i].ActiveCount).ShouldBe(share, share * tolerance, policy);
        }
    }

    [Fact]
    public void Least_requests_takes_the_least_loaded()
    {
        using BalanceBed bed = new(new LeastRequestsBalancer(), [1, 1, 1]);
        bed.Occupy(bed.Servers[0], 2);
        bed.Occupy(bed.Servers[1], 1);
        bed.Occupy(bed.Servers[2], 2);
        bed.Count(50).ShouldBe([0, 50, 0]);
    }

    [Fact]
    public void Two_servers_are_both_looked_at_by_p2c()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1]);
        bed.Occupy(bed.Servers[0]);
        bed.Count(100).ShouldBe([0, 100]);
    }

    [Fact]
    public void Round_robin_puts_the_light_between_the_heavy()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [3, 1]);
        string order = string.Concat(Enumerable.Range(0, 40).Select(_ => bed.Pick() == bed.Servers[0] ? "a" : "b"));
        order.ShouldNotContain("aaaa");
        order.ShouldNotContain("bb");
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_pick_allocates_nothing(string policy)
    {
        foreach (int count in new[] { 3, 100 })
        {
            using BalanceBed bed = new(All[policy](), [.. Enumerable.Range(1, count)]);
            bed.Occupy(bed.Servers[^1], 20);
            TriedServers tried = default;
            tried.Add(bed.Servers[0]);
            Spin(bed, tried, 2_000);
            long least = long.MaxValue;
            for (int window = 0; window < 5 && least > 0; window++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Spin(bed, tried, 2_000);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            least.ShouldBe(0, $"{policy}, {count} servers");
        }
    }

    // Each time in its own millisecond, so that the candidates are worked out anew as well.
    private static void Spin(BalanceBed bed, in TriedServers tried, int picks)
    {
        for (int i = 0; i < picks; i++)
        {
            bed.Loop.Now++;
            _ = bed.Upstream.Pick(bed.Exchange, default);
            _ = bed.Upstream.Pick(bed.Exchange, tried);
        }
    }

    private static int[] CountKeys(BalanceBed bed)
    {
        int[] counts = new int[bed.Servers.Count];
        Span<byte> path = stackalloc byte[16];
        for (int i = 0; i < Picks; i++)
        {
            bed.Exchange.Request.Clear();
            path[0] = (byte)'/';
            System.Buffers.Text.Utf8Formatter.TryFormat(i, path[1..], out int written);
            bed.Exchange.Request.ReplacePath(path[..(written + 1)]);
            counts[bed.Servers.ToList().IndexOf(bed.Pick()!)]++;
        }

        return counts;
    }
}
