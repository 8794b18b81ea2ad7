using Weir.Abstractions.Errors;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Health;
using Weir.Pipeline.Tests.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Tests.Health;

/// <summary>Proves how many servers are set aside at once, which ones, and what is said of it.</summary>
public sealed class EjectorTests
{
    [Theory]
    [InlineData(1, 0.5, 0)]
    [InlineData(2, 0.5, 1)]
    [InlineData(3, 0.5, 1)]
    [InlineData(4, 0.5, 2)]
    [InlineData(10, 0.3, 3)]
    [InlineData(3, 0.1, 1)]
    [InlineData(1, 1.0, 1)]
    [InlineData(5, 0.0, 0)]
    public void The_cap_leaves_one_of_two_to_be_set_aside(int servers, double share, int most)
    {
        Ejector.Cap(servers, share).ShouldBe(most);
    }

    [Fact]
    public void What_is_done_is_said_once_and_kept()
    {
        using BalanceBed bed = Bed(3);
        Ejector ejector = new(bed.Counters, bed.Upstream.Log);
        Fail(ejector, bed, 0, failures: 9, triesEach: 1);
        bed.Servers[0].Health.IsEjected(bed.Loop.Now).ShouldBeTrue();
        bed.Servers[0].Health.Ejections.ShouldBe(1);
        bed.EventCount(OperatorEvents.ServerEjected).ShouldBe(1);
        bed.Counters.Total(Counter.ServersEjected).ShouldBe(1);
        HealthEvent change = bed.Servers[0].History.ToList().ShouldHaveSingleItem();
        change.Health.ShouldBe(ServerHealth.Ejected);
        change.Reason.ShouldBe("set aside for 30 s: 5 of its last 5 tries failed; last: connect refused");
        bed.Servers[0].HealthAt(bed.Loop.Now).ShouldBe(ServerHealth.Ejected);
    }

    [Fact]
    public void More_than_the_cap_stay_in_use()
    {
        using BalanceBed bed = Bed(3);
        Ejector ejector = new(bed.Counters, bed.Upstream.Log);
        Fail(ejector, bed, 0, failures: 5, triesEach: 1);
        Fail(ejector, bed, 1, failures: 50, triesEach: 1);
        bed.Servers[0].Health.IsEjected(bed.Loop.Now).ShouldBeTrue();
        bed.Servers[1].Health.IsEjected(bed.Loop.Now).ShouldBeFalse();
    }

    [Fact]
    public void A_dead_server_takes_the_place_of_one_that_fails_at_times()
    {
        using BalanceBed bed = Bed(3);
        Ejector ejector = new(bed.Counters, bed.Upstream.Log);
        Fail(ejector, bed, 0, failures: 5, triesEach: 8);
        bed.Servers[0].Health.IsEjected(bed.Loop.Now).ShouldBeTrue();
        Fail(ejector, bed, 1, failures: 5, triesEach: 1);
        bed.Servers[0].Health.IsEjected(bed.Loop.Now).ShouldBeFalse();
        bed.Servers[1].Health.IsEjected(bed.Loop.Now).ShouldBeTrue();
        bed.Servers[0].History.ToList()[^1].Reason.ShouldBe("10.0.0.2:80 fails more, and max_ejected allows no more");

        // And back: one that fails at times does not push the dead one out.
        Fail(ejector, bed, 0, failures: 50, triesEach: 8);
        bed.Servers[1].Health.IsEjected(bed.Loop.Now).ShouldBeTrue();
        bed.EventCount(OperatorEvents.ServerUp).ShouldBe(1);
    }

    [Fact]
    public async Task Loops_that_fail_at_once_set_aside_no_more_than_the_cap()
    {
        using BalanceBed bed = Bed(4, loops: 4);
        Ejector ejector = new(bed.Counters, bed.Upstream.Log);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(loop => Task.Run(() =>
        {
            SteadyLoop own = new(1, loop);
            for (int i = 0; i < 1_000; i++)
            {
                ServerState server = bed.Servers[i % 4];
                server.TallyOf(loop).OnTry();
                ejector.OnFailure(bed.Upstream, server, own, ProxyErrors.OriginReset);
            }
        })));
        bed.Servers.Count(server => server.Health.IsEjected(bed.Loop.Now)).ShouldBe(2);
        bed.EventCount(OperatorEvents.ServerEjected).ShouldBe(2);
    }

    private static BalanceBed Bed(int servers, int loops = 1) =>
        new(new RoundRobinBalancer(), [.. Enumerable.Repeat(1, servers)], policy: new ForwardPolicy(), loops: loops);

    private static void Fail(Ejector ejector, BalanceBed bed, int server, int failures, int triesEach)
    {
        ServerState failing = bed.Servers[server];
        for (int i = 0; i < failures; i++)
        {
            for (int t = 0; t < triesEach; t++)
            {
                failing.TallyOf(0).OnTry();
            }

            ejector.OnFailure(bed.Upstream, failing, bed.Loop, ProxyErrors.ConnectRefused);
        }
    }
}
