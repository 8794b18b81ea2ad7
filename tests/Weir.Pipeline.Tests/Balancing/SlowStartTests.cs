using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>Proves that a server which comes back gets its share little by little, by every policy.</summary>
public sealed class SlowStartTests
{
    private const int Unit = ServerState.WeightUnit;
    private static readonly ForwardPolicy _tenSeconds = new() { SlowStartMs = 10_000 };

    public static TheoryData<string> Policies => new("p2c", "round_robin", "least_requests", "random", "latency");

    [Fact]
    public void The_weight_grows_in_a_straight_line()
    {
        using BalanceBed bed = new(new RandomBalancer(), [4, 4], policy: _tenSeconds);
        ServerState server = bed.Servers[0];
        server.OnReturned(5_000);
        server.EffectiveWeight(5_000).ShouldBe(Unit * 4 / 20);
        server.EffectiveWeight(7_500).ShouldBe(Unit);
        server.EffectiveWeight(10_000).ShouldBe(Unit * 2);
        server.EffectiveWeight(15_000).ShouldBe(Unit * 4);
        server.EffectiveWeight(999_000).ShouldBe(Unit * 4);
    }

    [Fact]
    public void Nothing_is_spared_when_the_process_starts_or_without_the_option()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1], policy: _tenSeconds);
        bed.Servers[0].EffectiveWeight(1).ShouldBe(Unit);
        using BalanceBed plain = new(new RandomBalancer(), [1, 1]);
        plain.Servers[0].OnReturned(1_000);
        plain.Servers[0].EffectiveWeight(1_000).ShouldBe(Unit);
    }

    [Fact]
    public void Checks_that_pass_again_and_an_operators_word_begin_it()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1], policy: _tenSeconds);
        ServerState server = bed.Servers[0];
        server.SetFailingChecks(false, 1_000);
        server.SetAdminState(AdminState.Ready, 1_000);
        server.EffectiveWeight(1_000).ShouldBe(Unit);

        server.SetFailingChecks(true, 2_000);
        server.EffectiveWeight(2_000).ShouldBe(Unit);
        server.SetFailingChecks(false, 3_000);
        server.EffectiveWeight(8_000).ShouldBe(Unit / 2);

        server.SetAdminState(AdminState.Drain, 20_000);
        server.SetAdminState(AdminState.Ready, 21_000);
        server.EffectiveWeight(26_000).ShouldBe(Unit / 2);
    }

    [Fact]
    public void The_end_of_an_ejection_begins_it()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1], policy: _tenSeconds);
        bed.Servers[0].Health.Eject(31_000);
        bed.Servers[0].EffectiveWeight(36_000).ShouldBe(Unit / 2);
    }

    [Fact]
    public void A_server_that_is_new_among_others_begins_slowly()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1], policy: _tenSeconds);
        ServerState added = bed.Make("10.0.1.1:80");
        bed.Upstream.ReplaceServers([.. bed.Servers, added], nowMs: 1_000);
        added.EffectiveWeight(6_000).ShouldBe(Unit / 2);
        bed.Servers[0].EffectiveWeight(6_000).ShouldBe(Unit);
    }

    [Fact]
    public void The_first_servers_of_a_name_do_not()
    {
        using BalanceBed bed = new(new RandomBalancer(), [], policy: _tenSeconds);
        ServerState first = bed.Make("10.0.1.1:80");
        bed.Upstream.ReplaceServers([first], nowMs: 1_000);
        first.EffectiveWeight(1_001).ShouldBe(Unit);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Requests_come_little_by_little(string policy)
    {
        using BalanceBed bed = new(Make(policy), [1, 1, 1], policy: _tenSeconds);

        // The others have work, as they have where a server is spared.
        bed.Occupy(bed.Servers[1], 2);
        bed.Occupy(bed.Servers[2], 2);
        foreach (ServerState server in bed.Servers)
        {
            server.TallyOf(0).OnAnswer(bed.Loop.NowNs, 1_000_000);
        }

        bed.Servers[0].SetFailingChecks(true, bed.Loop.Now);
        bed.Count(3000)[0].ShouldBe(0);
        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        int before = 0;
        for (int tenth = 1; tenth <= 3; tenth++)
        {
            bed.Loop.Now += tenth == 1 ? 1_000 : 3_000;
            int got = bed.Count(3000)[0];
            got.ShouldBeInRange(before + 1, 1000 * 2, $"{policy} after {bed.Loop.Now} ms");
            if (tenth == 1)
            {
                got.ShouldBeLessThan(450, policy);
            }

            before = got;
        }

        bed.Loop.Now += 10_000;
        bed.Count(3000)[0].ShouldBeGreaterThanOrEqualTo(before);
    }

    private static IBalancer Make(string policy) => policy switch
    {
        "p2c" => new PowerOfTwoBalancer(),
        "round_robin" => new RoundRobinBalancer(),
        "least_requests" => new LeastRequestsBalancer(),
        "random" => new RandomBalancer(),
        _ => new LatencyBalancer(),
    };
}
