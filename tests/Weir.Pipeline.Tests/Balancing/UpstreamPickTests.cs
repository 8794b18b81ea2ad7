using Weir.Pipeline.Balancing;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>Proves who may be picked: primaries, backups, and everyone in panic; and that panic is told once.</summary>
public sealed class UpstreamPickTests
{
    [Fact]
    public void Backups_serve_only_when_no_primary_is_well()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [1, 1, 1, 1], backups: 2);
        bed.Count(10).ShouldBe([5, 5, 0, 0]);
        Fail(bed, 0);
        bed.Count(10).ShouldBe([0, 10, 0, 0]);
        Fail(bed, 1);
        bed.Count(10).ShouldBe([0, 0, 5, 5]);
        bed.Upstream.IsPanicking.ShouldBeFalse();
        bed.Servers[1].SetFailingChecks(false, bed.Loop.Now);
        bed.Count(10).ShouldBe([0, 10, 0, 0]);
    }

    [Fact]
    public async Task Servers_and_policies_that_change_at_once_are_both_obeyed()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [1, 1]);
        ServerState[][] lists = [[bed.Servers[0]], [bed.Servers[1]]];
        IBalancer[] balancers = [new RoundRobinBalancer(), new RandomBalancer()];
        using Barrier together = new(2);
        int lost = 0;
        Task reload = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 4_000; i++)
                {
                    together.SignalAndWait();
                    bed.Upstream.Reconfigure(bed.Upstream.Policy, balancers[i & 1]);
                    together.SignalAndWait();
                    lost += ReferenceEquals(bed.Upstream.Balancer, balancers[i & 1])
                        && ReferenceEquals(bed.Servers[0], lists[i & 1][0]) ? 0 : 1;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (int i = 0; i < 4_000; i++)
        {
            together.SignalAndWait();
            bed.Upstream.ReplaceServers(lists[i & 1]);
            together.SignalAndWait();
        }

        await reload;
        lost.ShouldBe(0);
    }

    [Fact]
    public void Drained_primaries_give_way_to_backups_without_panic()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1, 1], backups: 1);
        bed.Servers[0].SetAdminState(AdminState.Drain, bed.Loop.Now);
        bed.Servers[1].SetAdminState(AdminState.Down, bed.Loop.Now);
        bed.Count(10).ShouldBe([0, 0, 10]);
        bed.Panics.ShouldBe(0);
    }

    [Fact]
    public void Half_of_the_servers_is_enough()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [1, 1]);
        bed.Servers[0].Health.Eject(bed.Loop.Now + 30_000);
        bed.Count(10).ShouldBe([0, 10]);
        bed.Upstream.IsPanicking.ShouldBeFalse();
    }

    [Fact]
    public void Fewer_than_half_is_panic_told_once_and_counted()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [1, 1, 1], loops: 2);
        SteadyLoop other = new(7, index: 1);
        Fail(bed, 0);
        Fail(bed, 1);
        bed.Count(30).ShouldBe([10, 10, 10]);
        bed.Upstream.Pick(BalanceBed.RequestOn(other, "GET", "/"), default).ShouldNotBeNull();
        bed.Upstream.IsPanicking.ShouldBeTrue();
        bed.EventCount(OperatorEvents.Panic).ShouldBe(1);
        bed.Panics.ShouldBe(1);

        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        bed.Count(30).ShouldBe([15, 0, 15]);
        bed.Upstream.Pick(BalanceBed.RequestOn(other, "GET", "/"), default).ShouldNotBeNull();
        bed.Upstream.IsPanicking.ShouldBeFalse();
        bed.EventCount(OperatorEvents.PanicOver).ShouldBe(1);
    }

    [Fact]
    public void A_loop_that_looked_earlier_turns_nothing_back()
    {
        PanicAlarm alarm = new();
        alarm.TryTurn(true, 100).ShouldBeTrue();
        alarm.TryTurn(true, 101).ShouldBeFalse();
        alarm.TryTurn(false, 99).ShouldBeFalse();
        alarm.IsOn.ShouldBeTrue();
        alarm.TryTurn(false, 102).ShouldBeTrue();
        alarm.IsOn.ShouldBeFalse();
    }

    [Fact]
    public void Panic_never_takes_what_an_operator_took_out()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1, 1, 1]);
        bed.Servers[0].SetAdminState(AdminState.Drain, bed.Loop.Now);
        bed.Servers[1].SetAdminState(AdminState.Down, bed.Loop.Now);
        Fail(bed, 2);
        Fail(bed, 3);
        int[] counts = bed.Count(1000);
        counts[..2].ShouldBe([0, 0]);
        counts[2..].ShouldAllBe(count => count > 400);
        bed.Pick(bed.Servers[2], bed.Servers[3]).ShouldBeNull();
    }

    [Fact]
    public void When_all_are_taken_out_there_is_none_and_no_panic()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1]);
        bed.Servers[0].SetAdminState(AdminState.Drain, bed.Loop.Now);
        bed.Servers[1].SetAdminState(AdminState.Drain, bed.Loop.Now);
        bed.Pick().ShouldBeNull();
        bed.Upstream.IsPanicking.ShouldBeFalse();
    }

    [Fact]
    public void With_panic_at_nought_ill_servers_are_never_asked_first()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1], policy: new() { PanicShare = 0 });
        Fail(bed, 0);
        Fail(bed, 1);
        bed.Pick().ShouldBeNull();
    }

    [Fact]
    public void A_single_server_that_fails_is_still_asked_and_told_of()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1]);
        Fail(bed, 0);
        bed.Pick().ShouldBeSameAs(bed.Servers[0]);
        bed.EventCount(OperatorEvents.Panic).ShouldBe(1);
        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        bed.Pick().ShouldBeSameAs(bed.Servers[0]);
        bed.EventCount(OperatorEvents.PanicOver).ShouldBe(1);
    }

    [Fact]
    public void Panic_is_seen_without_traffic_by_who_reviews_it()
    {
        using BalanceBed bed = new(new PowerOfTwoBalancer(), [1, 1, 1]);
        Fail(bed, 0);
        Fail(bed, 1);
        bed.Upstream.ReviewPanic(bed.Loop.Now).ShouldBeTrue();
        bed.Upstream.IsPanicking.ShouldBeTrue();
        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        bed.Upstream.ReviewPanic(bed.Loop.Now).ShouldBeFalse();
        bed.Upstream.IsPanicking.ShouldBeFalse();
    }

    [Fact]
    public void What_is_tried_again_in_panic_goes_to_a_well_server()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1, 1, 1]);
        Fail(bed, 0);
        Fail(bed, 1);
        Fail(bed, 2);
        for (int i = 0; i < 20; i++)
        {
            bed.Pick(bed.Servers[0]).ShouldBeSameAs(bed.Servers[3]);
        }
    }

    [Fact]
    public void What_is_tried_again_goes_to_a_backup_then_to_an_ill_server()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1, 1], backups: 1);
        Fail(bed, 1);
        bed.Pick(bed.Servers[0]).ShouldBeSameAs(bed.Servers[2]);
        bed.Pick(bed.Servers[0], bed.Servers[2]).ShouldBeSameAs(bed.Servers[1]);
        bed.Pick(bed.Servers[0], bed.Servers[1], bed.Servers[2]).ShouldBeNull();
    }

    [Fact]
    public void In_panic_a_bound_client_keeps_its_server()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1, 1]);
        Fail(bed, 0);
        bed.Upstream.MayServeBound(bed.Servers[0], bed.Loop).ShouldBeFalse();
        Fail(bed, 1);
        bed.Upstream.MayServeBound(bed.Servers[0], bed.Loop).ShouldBeTrue();
        bed.Servers[0].SetAdminState(AdminState.Drain, bed.Loop.Now);
        Fail(bed, 2);
        bed.Upstream.MayServeBound(bed.Servers[0], bed.Loop).ShouldBeFalse();
        bed.Servers[2].SetFailingChecks(false, bed.Loop.Now);
        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        bed.Upstream.MayServeBound(bed.Servers[0], bed.Loop).ShouldBeTrue();
    }

    [Fact]
    public void Explained_candidates_are_those_that_are_picked()
    {
        using BalanceBed bed = new(new RandomBalancer(), [1, 1, 1, 1], backups: 1);
        bed.Upstream.CandidatesAt(bed.Loop.Now).ShouldBe([bed.Servers[0], bed.Servers[1], bed.Servers[2]]);
        Fail(bed, 0);
        Fail(bed, 1);
        bed.Upstream.CandidatesAt(bed.Loop.Now).ShouldBe(bed.Servers);
        Fail(bed, 2);
        bed.Upstream.CandidatesAt(bed.Loop.Now).ShouldBe([bed.Servers[3]]);
        bed.Panics.ShouldBe(0);
    }

    [Fact]
    public void A_change_is_seen_in_the_same_millisecond()
    {
        using BalanceBed bed = new(new RoundRobinBalancer(), [1, 1, 1]);
        bed.Count(3).ShouldBe([1, 1, 1]);
        bed.Servers[1].Health.Eject(bed.Loop.Now + 30_000);
        bed.Count(4).ShouldBe([2, 0, 2]);
    }

    private static void Fail(BalanceBed bed, int server) => bed.Servers[server].SetFailingChecks(true, bed.Loop.Now);
}
