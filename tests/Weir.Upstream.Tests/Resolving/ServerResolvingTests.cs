using Weir.Abstractions.Errors;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class ServerResolvingTests : IDisposable
{
    private const string Service = "_http._tcp.app.test";

    private readonly ResolverDirectory _directory = new();
    private readonly FakeTime _time = new();
    private readonly Changes<ResolvedServers> _changes = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task With_a_port_every_address_is_a_server()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Type == 1
            ? AnswerWriter.To(q).Address(q.Name, "192.0.2.1", 50).Address(q.Name, "192.0.2.2", 50).ToArray()
            : AnswerWriter.To(q).Address(q.Name, "2001:db8::1", 40).ToArray());
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedServers servers = await resolver.ResolveServersAsync("app.test:8080");
        servers.ToString().ShouldBe("app.test:8080: 2001:db8::1 port 8080, 192.0.2.1 port 8080, 192.0.2.2 port 8080");
        servers.Ttl.ShouldBe(TimeSpan.FromSeconds(40));
        servers.Servers.ShouldAllBe(s => s.Target == "app.test" && s.Priority == 0 && s.Weight == 0);
    }

    [Theory]
    [InlineData("192.0.2.1:80", "192.0.2.1 port 80")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1 port 443")]
    [InlineData("localhost:3000", "::1 port 3000, 127.0.0.1 port 3000")]
    public async Task Literals_and_localhost_are_servers_without_asking(string service, string expected)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(static _ => null);
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveServersAsync(service)).ToString().ShouldBe($"{service}: {expected}");
        server.Queries.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("app.test:0")]
    [InlineData("app.test:65536")]
    [InlineData("app.test:http")]
    [InlineData("app.test:")]
    [InlineData("2001:db8::1")]
    [InlineData("a b")]
    public async Task What_is_no_service_is_an_error_without_asking(string service)
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(static _ => null);
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedServers servers = await resolver.ResolveServersAsync(service);
        (servers.Servers.IsEmpty, servers.Error).ShouldBe((true, ProxyErrors.DnsError));
        server.Queries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_port_srv_records_give_hosts_ports_priorities_and_weights_with_the_least_ttl()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Type switch
        {
            33 => AnswerWriter.To(q)
                .Server(Service, 20, 0, 8082, "c.test", 100)
                .Server(Service, 10, 7, 8081, "b.test", 90)
                .Server(Service, 10, 3, 8080, "a.test", 80)
                .ToArray(),
            1 => AnswerWriter.To(q).Address(q.Name, $"192.0.2.{q.Name[0] - 'a' + 1}", 70).ToArray(),
            _ => AnswerWriter.To(q).ToArray(),
        });
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedServers servers = await resolver.ResolveServersAsync(Service);
        servers.Error.ShouldBeNull();
        servers.Servers.Select(s => (s.Target, s.Address.ToString(), (int)s.Port, (int)s.Priority, (int)s.Weight)).ShouldBe(
        [
            ("a.test", "192.0.2.1", 8080, 10, 3),
            ("b.test", "192.0.2.2", 8081, 10, 7),
            ("c.test", "192.0.2.3", 8082, 20, 0),
        ]);
        servers.Ttl.ShouldBe(TimeSpan.FromSeconds(70));
        servers.ExpiresAt.ShouldBe(_time.GetUtcNow() + servers.Ttl);
    }

    [Fact]
    public async Task Targets_are_complete_names_that_the_search_list_does_not_touch()
    {
        _directory.Write(_directory.ResolvConf, "search x.test\noptions ndots:5\n");
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Type switch
        {
            33 when q.Name == Service => AnswerWriter.To(q).Server(Service, 1, 1, 80, "a.test").ToArray(),
            1 when q.Name == "a.test" => AnswerWriter.To(q).Address("a.test", "192.0.2.1").ToArray(),
            1 or 28 when q.Name == "a.test" => AnswerWriter.To(q).ToArray(),
            _ => AnswerWriter.To(q, 3).ToArray(),
        });
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveServersAsync(Service)).Servers.ShouldHaveSingleItem().Address.ToString().ShouldBe("192.0.2.1");
        server.Queries.Select(q => q.Name).Distinct().ShouldBe([$"{Service}.x.test", Service, "a.test"]);
    }

    [Fact]
    public async Task A_target_of_a_dot_says_that_there_is_no_such_service()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => AnswerWriter.To(q).Server(Service, 0, 0, 0, "").ToArray());
        using NameResolver resolver = new(_directory.Options(server), _time);
        ResolvedServers servers = await resolver.ResolveServersAsync(Service);
        (servers.Servers.IsEmpty, servers.Error).ShouldBe((true, ProxyErrors.DnsError));
        servers.ErrorText.ShouldContain("not offered");
    }

    [Fact]
    public async Task More_servers_than_anybody_balances_over_are_left_out()
    {
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q switch
        {
            { Type: 33, IsTcp: false } => AnswerWriter.To(q).Flag(2, 0x02).ToArray(),
            { Type: 33 } => Enumerable.Range(1, 1000)
                .Aggregate(AnswerWriter.To(q), (w, i) => w.Server(Service, 1, 1, (ushort)i, "a.test")).ToArray(),
            { Type: 1 } => AnswerWriter.To(q).Address(q.Name, "192.0.2.1").ToArray(),
            _ => AnswerWriter.To(q).ToArray(),
        });
        using NameResolver resolver = new(_directory.Options(server), _time);
        (await resolver.ResolveServersAsync(Service)).Servers.Length.ShouldBe(256);
    }

    [Fact]
    public async Task A_watched_service_follows_its_records_and_keeps_servers_whose_names_fail()
    {
        bool isFailing = false;
        string[] targets = ["a.test", "b.test"];
        await using ScriptedDnsServer server = ScriptedDnsServer.Start(q => q.Type switch
        {
            33 => targets.Aggregate(AnswerWriter.To(q), (w, target) => w.Server(Service, 1, 1, 80, target)).ToArray(),
            _ when q.Name == "b.test" && isFailing => AnswerWriter.To(q, 2).ToArray(),
            1 => AnswerWriter.To(q).Address(q.Name, q.Name == "a.test" ? "192.0.2.1" : "192.0.2.2").ToArray(),
            _ => AnswerWriter.To(q).ToArray(),
        });
        using NameResolver resolver = new(_directory.Options(server), _time);
        using ResolutionWatch<ResolvedServers> watch = resolver.WatchServers(Service, _changes.Add);
        (await _changes.NextAsync()).ToString().ShouldBe($"{Service}: 192.0.2.1 port 80, 192.0.2.2 port 80");

        isFailing = true;
        await AdvanceAsync(watch, TimeSpan.FromSeconds(54));
        ResolvedServers kept = await _changes.NextAsync();
        kept.ToString().ShouldBe($"{Service}: 192.0.2.1 port 80, 192.0.2.2 port 80");
        (kept.Error, kept.Ttl.TotalSeconds).ShouldBe((ProxyErrors.DnsError, 1));

        // A target that leaves the records is gone at once; one without answer is not.
        targets = ["b.test"];
        await AdvanceAsync(watch, TimeSpan.FromSeconds(1));
        (await _changes.NextAsync()).ToString().ShouldBe($"{Service}: 192.0.2.2 port 80");

        // When the records themselves fail, everything stays.
        server.Script = q => AnswerWriter.To(q, 2).ToArray();
        int failures = watch.Current.Failures;
        await AdvanceAsync(watch, watch.Current.Ttl * 0.9);
        await UntilAsync(() => watch.Current.Failures > failures);
        watch.Current.Servers.ShouldHaveSingleItem();
        resolver.ListServices().ShouldHaveSingleItem();
    }

    private async Task AdvanceAsync(ResolutionWatch<ResolvedServers> watch, TimeSpan by)
    {
        await UntilAsync(() => !watch.IsRefreshing);
        _time.Advance(by);
    }

    private static async Task UntilAsync(Func<bool> isDone)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (!isDone())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
