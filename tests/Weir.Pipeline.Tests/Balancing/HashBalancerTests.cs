using System.Globalization;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Tests.Balancing;

/// <summary>Proves that a key keeps its server, and that a change of the servers moves no more keys than it must.</summary>
public sealed class HashBalancerTests
{
    private const int Keys = 50_000;

    [Theory]
    [InlineData("client_ip")]
    [InlineData("uri")]
    [InlineData("header.X-User")]
    [InlineData("cookie.user")]
    public void A_key_keeps_its_server_and_keys_are_spread(string key)
    {
        using BalanceBed bed = new(new HashBalancer(key), [1, 1, 1, 1]);
        int[] counts = new int[4];
        for (int i = 0; i < 2_000; i++)
        {
            bed.Exchange = Request(bed, i);
            ServerState server = bed.Pick()!;
            counts[bed.Servers.ToList().IndexOf(server)]++;
            bed.Exchange = Request(bed, i);
            bed.Pick().ShouldBeSameAs(server);
        }

        counts.ShouldAllBe(count => count > 400 && count < 600);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(50)]
    public void A_server_that_joins_takes_its_share_and_nothing_else_moves(int servers)
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [.. Enumerable.Repeat(1, servers)]);
        ServerState[] before = Owners(bed);
        ServerState joined = bed.Make("10.0.1.1:80");
        bed.Upstream.ReplaceServers([joined, .. bed.Servers]);
        ServerState[] after = Owners(bed);
        int moved = before.Zip(after).Count(pair => pair.First != pair.Second);
        before.Zip(after).Where(pair => pair.First != pair.Second).ShouldAllBe(pair => pair.Second == joined);
        double ideal = (double)Keys / (servers + 1);
        ((double)moved).ShouldBe(ideal, ideal * 0.15);
    }

    [Fact]
    public void A_server_that_leaves_gives_its_keys_to_all_others()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 1, 1, 1, 1]);
        ServerState[] before = Owners(bed);
        ServerState gone = bed.Servers[2];
        bed.Upstream.ReplaceServers([.. bed.Servers.Where(server => server != gone)]);
        ServerState[] after = Owners(bed);
        (ServerState First, ServerState Second)[] moved = [.. before.Zip(after).Where(pair => pair.First != pair.Second)];
        moved.ShouldAllBe(pair => pair.First == gone);
        moved.Length.ShouldBe(before.Count(owner => owner == gone));
        moved.GroupBy(pair => pair.Second).Count().ShouldBe(4);
        moved.GroupBy(pair => pair.Second).ShouldAllBe(group => group.Count() > moved.Length / 6);
    }

    [Fact]
    public void An_ill_server_lends_its_keys_out_and_gets_the_same_ones_back()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 2, 3, 1]);
        ServerState[] before = Owners(bed);
        bed.Servers[1].SetFailingChecks(true, bed.Loop.Now);
        ServerState[] meanwhile = Owners(bed);
        before.Zip(meanwhile).Where(pair => pair.First != pair.Second).ShouldAllBe(pair => pair.First == bed.Servers[1]);
        meanwhile.ShouldNotContain(bed.Servers[1]);
        bed.Servers[1].SetFailingChecks(false, bed.Loop.Now);
        Owners(bed).ShouldBe(before);
    }

    [Fact]
    public void A_weight_that_grows_moves_keys_to_that_server_only()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [2, 2, 2]);
        ServerState[] before = Owners(bed);
        bed.Servers[0].SetShare(4, isBackup: false);
        bed.Upstream.ReplaceServers([.. bed.Servers]);
        ServerState[] after = Owners(bed);
        (ServerState First, ServerState Second)[] moved = [.. before.Zip(after).Where(pair => pair.First != pair.Second)];
        moved.ShouldAllBe(pair => pair.Second == bed.Servers[0]);

        // From a third to a half.
        ((double)moved.Length).ShouldBe(Keys / 6.0, Keys * 0.01);
    }

    [Fact]
    public void A_server_over_its_bound_passes_a_hot_key_on()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 1, 1, 1]);
        for (int i = 0; i < 200; i++)
        {
            bed.Occupy(bed.Pick()!);
        }

        // 1.25 times the mean of fifty.
        int[] loads = [.. bed.Servers.Select(server => server.ActiveCount)];
        loads.Max().ShouldBeInRange(60, 63);
        loads.Sum().ShouldBe(200);
        ServerState owner = bed.Servers.MaxBy(server => server.ActiveCount)!;
        for (int i = 0; i < 40; i++)
        {
            bed.Free(owner);
        }

        bed.Pick().ShouldBeSameAs(owner);
    }

    [Fact]
    public void Equal_weights_own_the_same_keys_whatever_the_weight_is()
    {
        using BalanceBed light = new(new HashBalancer("uri"), [1, 1, 1]);
        using BalanceBed heavy = new(new HashBalancer("uri"), [7, 7, 7]);
        using BalanceBed mixed = new(new HashBalancer("uri"), [1, 1, 1, 2], backups: 1);
        string[] owners = [.. Owners(light).Select(server => server.Name)];
        Owners(heavy).Select(server => server.Name).ShouldBe(owners);
        Owners(mixed).Select(server => server.Name).ShouldBe(owners);
    }

    [Fact]
    public void The_owner_that_was_worked_out_is_the_one_that_would_be_found()
    {
        foreach (int[] weights in new int[][] { [1, 1, 1, 1], [1, 2, 3, 4] })
        {
            using BalanceBed bed = new(new HashBalancer("uri"), weights);
            ServerState[] worked = Owners(bed);

            // In panic nothing is worked out beforehand.
            foreach (ServerState server in bed.Servers)
            {
                server.SetFailingChecks(true, bed.Loop.Now);
            }

            Owners(bed).ShouldBe(worked);
            bed.Upstream.IsPanicking.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_few_requests_at_once_stay_together()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 1, 1, 1]);
        ServerState owner = bed.Pick()!;
        bed.Occupy(owner, 6);
        bed.Pick().ShouldBeSameAs(owner);
    }

    [Theory]
    [InlineData("header.X-User")]
    [InlineData("cookie.user")]
    public void A_request_without_the_key_goes_to_the_less_loaded(string key)
    {
        using BalanceBed bed = new(new HashBalancer(key), [1, 1]);
        bed.Exchange = BalanceBed.RequestOn(bed.Loop, "GET", "/", ("X-User", ""), ("Cookie", "other=1"));
        bed.Occupy(bed.Servers[1]);
        bed.Count(100).ShouldBe([100, 0]);
    }

    [Fact]
    public void What_is_tried_again_goes_to_the_next_server_of_the_key()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 1, 1]);
        ServerState owner = bed.Pick()!;
        ServerState next = bed.Pick(owner)!;
        next.ShouldNotBeSameAs(owner);
        bed.Pick(owner).ShouldBeSameAs(next);
        owner.SetFailingChecks(true, bed.Loop.Now);
        bed.Pick().ShouldBeSameAs(next);
    }

    [Fact]
    public void A_server_that_is_spared_owns_a_part_of_its_keys()
    {
        using BalanceBed bed = new(new HashBalancer("uri"), [1, 1, 1], policy: new() { SlowStartMs = 10_000 });
        ServerState[] before = Owners(bed);
        bed.Servers[0].SetFailingChecks(true, bed.Loop.Now);
        bed.Servers[0].SetFailingChecks(false, bed.Loop.Now);
        bed.Loop.Now += 5_000;
        ServerState[] spared = Owners(bed);
        before.Zip(spared).Where(pair => pair.First != pair.Second).ShouldAllBe(pair => pair.First == bed.Servers[0]);

        // Half a weight among two and a half.
        ((double)spared.Count(owner => owner == bed.Servers[0])).ShouldBe(Keys / 5.0, Keys * 0.01);
    }

    private static Exchange Request(BalanceBed bed, int i)
    {
        string text = i.ToString(CultureInfo.InvariantCulture);
        return BalanceBed.RequestFrom(
            bed.Loop, IpAddress.FromIPv4(0x0A00_0000u + (uint)i), "GET", "/item/" + text, ("X-User", text), ("Cookie", $"a=b; user={text}"));
    }

    private static ServerState[] Owners(BalanceBed bed)
    {
        ServerState[] owners = new ServerState[Keys];
        for (int i = 0; i < Keys; i++)
        {
            bed.Exchange.Request.Clear();
            bed.Exchange.Request.ReplacePath(Encoding.ASCII.GetBytes("/item/" + i.ToString(CultureInfo.InvariantCulture)));
            owners[i] = bed.Pick()!;
        }

        return owners;
    }
}
