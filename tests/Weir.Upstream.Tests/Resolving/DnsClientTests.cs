using System.Net;
using System.Net.Sockets;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class DnsClientTests
{
    private const string Host = "app.example.test";
    private static readonly DnsQuestion _question = new(Host, DnsType.A);

    private readonly FakeTime _time = new();
    private readonly DnsCounters _counters = new();

    [Fact]
    public async Task An_answer_brings_its_records_and_their_least_ttl()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q).Address(Host, "192.0.2.1", 300).Address(Host, "192.0.2.2", 20).ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        Addresses(answer).ShouldBe("192.0.2.1 192.0.2.2");
        answer.Ttl.ShouldBe(TimeSpan.FromSeconds(20));
        server.Queries.ShouldHaveSingleItem().HasEdns.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(86400u, 3600)]
    [InlineData(0xFFFF_FFFFu, 1)]
    public async Task A_ttl_is_kept_between_a_second_and_an_hour(uint sent, int expectedSeconds)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1", sent).ToArray());
        (await QueryAsync(Conf(server))).Ttl.ShouldBe(TimeSpan.FromSeconds(expectedSeconds));
    }

    [Fact]
    public async Task Each_query_has_an_id_and_a_port_of_its_own()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        for (int i = 0; i < 20; i++)
        {
            await QueryAsync(Conf(server));
        }

        // Twenty draws out of 65,536 ids, and of some 28,000 ports, are hardly ever fewer than 15 different ones.
        server.Queries.Select(q => q.Id).Distinct().Count().ShouldBeGreaterThan(15);
        server.Queries.Select(q => q.From.Port).Distinct().Count().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_over_tcp()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.IsTcp
            ? Enumerable.Range(1, 200).Aggregate(AnswerWriter.To(q), (w, i) => w.Address(Host, $"192.0.2.{i}")).ToArray()
            : AnswerWriter.To(q).Flag(2, 0x02).ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        answer.Records.Count.ShouldBe(200);
        server.Queries.Select(q => q.IsTcp).ShouldBe([false, true]);
        _counters.TcpQueries.ShouldBe(1);
    }

    [Fact]
    public async Task Tcp_is_used_from_the_start_when_resolv_conf_says_so()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(Conf(server) with { UsesTcp = true })).ShouldBe("192.0.2.1");
        server.Queries.ShouldHaveSingleItem().IsTcp.ShouldBeTrue();
    }

    [Fact]
    public async Task An_answer_that_is_truncated_even_over_tcp_is_unusable()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Flag(2, 0x02).ToArray());
        (await QueryAsync(Conf(server))).Outcome.ShouldBe(DnsOutcome.Failed);
        _counters.Malformed.ShouldBe(2);
    }

    [Fact]
    public async Task Datagrams_with_a_wrong_id_or_question_or_garbage_are_passed_over()
    {
        ScriptedDnsServer? itself = null;
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q =>
        {
            itself!.Send(new AnswerWriter((ushort)(q.Id + 1), q.Name, q.Type).Address(Host, "203.0.113.1").ToArray(), q.From);
            itself.Send(new AnswerWriter(q.Id, "other.test", q.Type).Address("other.test", "203.0.113.1").ToArray(), q.From);
            itself.Send(q.Octets, q.From);
            itself.Send([1, 2, 3], q.From);
            itself.Send([], q.From);
            return AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray();
        });
        itself = server;
        Addresses(await QueryAsync(Conf(server))).ShouldBe("192.0.2.1");
        _counters.ForeignDatagrams.ShouldBe(5);
        _counters.Queries.ShouldBe(1);
    }

    [Fact]
    public async Task A_flood_of_foreign_datagrams_ends_the_wait_for_that_server()
    {
        ScriptedDnsServer? itself = null;
        await using ScriptedDnsServer flooding = ScriptedDnsServer.Start(q =>
        {
            for (int i = 0; i < 64; i++)
            {
                itself!.Send([0], q.From);
            }

            return null;
        });
        itself = flooding;
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(Conf(flooding, good))).ShouldBe("192.0.2.1");
        _counters.ForeignDatagrams.ShouldBe(64);
    }

    [Fact]
    public async Task An_answer_from_another_address_than_was_asked_is_never_heard()
    {
        using Socket forger = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q =>
        {
            // The forger knows everything, id and port, but it is not the server; its datagram arrives first.
            forger.SendTo(AnswerWriter.To(q).Address(Host, "203.0.113.1").ToArray(), q.From);
            return AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray();
        });
        Addresses(await QueryAsync(Conf(server))).ShouldBe("192.0.2.1");
        _counters.ForeignDatagrams.ShouldBe(0);
    }

    [Fact]
    public async Task A_malformed_answer_sends_us_to_the_next_server()
    {
        await using ScriptedDnsServer bad = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Record(6, Host, 1, 60, [1, 2]).ToArray());
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(Conf(bad, good))).ShouldBe("192.0.2.1");
        _counters.Malformed.ShouldBe(1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task A_server_that_fails_or_refuses_sends_us_to_the_next(int code)
    {
        await using ScriptedDnsServer bad = ScriptedDnsServer.Start(q => AnswerWriter.To(q, code).ToArray());
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(Conf(bad, good))).ShouldBe("192.0.2.1");
        _counters.ServerFailures.ShouldBe(1);
    }

    [Fact]
    public async Task A_lame_server_sends_us_to_the_next()
    {
        await using ScriptedDnsServer lame = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q).NotRecursive().NameServer("test", "ns.test").ToArray());
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(Conf(lame, good))).ShouldBe("192.0.2.1");
        _counters.ServerFailures.ShouldBe(1);
    }

    [Fact]
    public async Task A_port_without_a_server_sends_us_to_the_next_at_once()
    {
        ScriptedDnsServer gone = ScriptedDnsServer.Start(static _ => null);
        IPEndPoint closed = gone.EndPoint;
        await gone.DisposeAsync();
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Addresses(await QueryAsync(new ResolvConf { Servers = [closed, good.EndPoint] })).ShouldBe("192.0.2.1");
    }

    [Fact]
    public async Task A_silent_server_has_its_timeout_and_then_the_next_is_asked()
    {
        await using ScriptedDnsServer silent = ScriptedDnsServer.Start(static _ => null);
        await using ScriptedDnsServer good = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        Task<DnsAnswer> answer = QueryAsync(Conf(silent, good) with { Timeout = TimeSpan.FromSeconds(3) });
        await silent.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(2.9));
        good.Queries.ShouldBeEmpty();
        answer.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Addresses(await answer).ShouldBe("192.0.2.1");
        _counters.Timeouts.ShouldBe(1);
    }

    [Fact]
    public async Task Every_server_is_tried_as_often_as_attempts_says()
    {
        await using ScriptedDnsServer first = ScriptedDnsServer.Start(static _ => null);
        await using ScriptedDnsServer second = ScriptedDnsServer.Start(static _ => null);
        Task<DnsAnswer> answer = QueryAsync(Conf(first, second) with { Attempts = 3, Timeout = TimeSpan.FromSeconds(1) });
        for (int i = 0; i < 3; i++)
        {
            await first.NextAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
            await second.NextAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        (await answer).Outcome.ShouldBe(DnsOutcome.TimedOut);
        (await answer).Detail.ShouldContain(second.EndPoint.ToString());
        _counters.Timeouts.ShouldBe(6);
    }

    [Fact]
    public async Task Rotation_starts_at_another_server_each_time()
    {
        await using ScriptedDnsServer first = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray());
        await using ScriptedDnsServer second = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Address(Host, "192.0.2.2").ToArray());
        DnsClient client = new(_time, _counters);
        for (int i = 0; i < 6; i++)
        {
            await client.QueryAsync(Conf(first, second) with { IsRotating = true }, _question, CancellationToken.None);
        }

        first.Queries.Count.ShouldBe(3);
        second.Queries.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(0, 1)]
    public async Task A_server_without_edns_is_asked_again_without(int code, byte upperCode)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => !q.HasEdns
            ? AnswerWriter.To(q).Address(Host, "192.0.2.1").ToArray()
            : upperCode > 0 ? AnswerWriter.To(q, code).Edns(upperCode).ToArray() : AnswerWriter.To(q, code).ToArray());
        Addresses(await QueryAsync(Conf(server))).ShouldBe("192.0.2.1");
        server.Queries.Select(q => q.HasEdns).ShouldBe([true, false]);
    }

    [Theory]
    [InlineData(20u, 40u, 20)]
    [InlineData(40u, 20u, 20)]
    [InlineData(0u, 0u, 1)]
    [InlineData(9999u, 9999u, 60)]
    public async Task A_denial_lives_as_long_as_its_zone_says_within_bounds(uint ttl, uint minimum, int expectedSeconds)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q, q.Type == 1 ? 3 : 0).Zone("example.test", ttl, minimum).ToArray());
        DnsAnswer noName = await QueryAsync(Conf(server));
        noName.Outcome.ShouldBe(DnsOutcome.NoName);
        noName.Ttl.ShouldBe(TimeSpan.FromSeconds(expectedSeconds));
        DnsAnswer noRecords = await QueryAsync(Conf(server), _question with { Type = DnsType.Aaaa });
        noRecords.Outcome.ShouldBe(DnsOutcome.NoRecords);
        noRecords.Ttl.ShouldBe(TimeSpan.FromSeconds(expectedSeconds));
        noRecords.Detail.ShouldBe("app.example.test: no AAAA records.");
    }

    [Fact]
    public async Task A_denial_without_a_zone_has_no_lifetime_of_its_own()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q, 3).ToArray());
        (await QueryAsync(Conf(server))).Ttl.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Aliases_inside_an_answer_are_followed_and_lower_the_ttl()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q)
            .Address("c.test", "192.0.2.1", 300)
            .Alias("B.test", "c.test", 7)
            .Alias(Host, "b.TEST", 100)
            .Address("unrelated.test", "203.0.113.1", 1)
            .ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        Addresses(answer).ShouldBe("192.0.2.1");
        answer.Ttl.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task An_alias_without_what_stands_behind_it_is_asked_for()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Name == Host
            ? AnswerWriter.To(q).Alias(Host, "behind.test", 9).ToArray()
            : AnswerWriter.To(q).Address("behind.test", "192.0.2.1").ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        Addresses(answer).ShouldBe("192.0.2.1");
        answer.Ttl.ShouldBe(TimeSpan.FromSeconds(9));
        server.Queries.Select(q => q.Name).ShouldBe([Host, "behind.test"]);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public async Task Eight_aliases_are_followed_and_no_more(int hops, bool isFound)
    {
        // Three of the aliases come with the first answer, the others one by one.
        static string Name(int i) => i == 0 ? Host : $"n{i}.test";
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q =>
        {
            int at = q.Name == Host ? 0 : int.Parse(q.Name[1..q.Name.IndexOf('.')]);
            AnswerWriter writer = AnswerWriter.To(q);
            for (int i = at; i < Math.Min(hops, at == 0 ? 3 : at + 1); i++)
            {
                writer.Alias(Name(i), Name(i + 1));
            }

            return (at == hops ? writer.Address(Name(hops), "192.0.2.1") : writer).ToArray();
        });
        DnsAnswer answer = await QueryAsync(Conf(server));
        answer.Outcome.ShouldBe(isFound ? DnsOutcome.Found : DnsOutcome.Failed);
    }

    [Fact]
    public async Task A_loop_of_aliases_ends()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q).Alias(Host, "b.test").Alias("b.test", Host).ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        answer.Outcome.ShouldBe(DnsOutcome.Failed);
        answer.Detail.ShouldContain("CNAME");
        server.Queries.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_denial_behind_an_alias_names_the_last_name()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(
            q => AnswerWriter.To(q, 3).Alias(Host, "gone.test").Zone("test", 30, 30).ToArray());
        DnsAnswer answer = await QueryAsync(Conf(server));
        answer.Outcome.ShouldBe(DnsOutcome.NoName);
        answer.Detail.ShouldBe("gone.test: no such name (NXDOMAIN).");
    }

    [Fact]
    public async Task The_caller_can_cancel()
    {
        await using ScriptedDnsServer silent = ScriptedDnsServer.Start(static _ => null);
        using CancellationTokenSource stop = new();
        Task<DnsAnswer> answer = new DnsClient(_time, _counters).QueryAsync(Conf(silent), _question, stop.Token).AsTask();
        await silent.NextAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answer);
        _counters.Timeouts.ShouldBe(0);
    }

    private static ResolvConf Conf(params ScriptedDnsServer[] servers) => new() { Servers = [.. servers.Select(s => s.EndPoint)] };

    private static string Addresses(DnsAnswer answer) => string.Join(' ', answer.Records.Select(r => r.Address));

    private Task<DnsAnswer> QueryAsync(ResolvConf conf, DnsQuestion? question = null) =>
        new DnsClient(_time, _counters).QueryAsync(conf, question ?? _question, CancellationToken.None).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30));
}
