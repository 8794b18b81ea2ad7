using Weir.Abstractions.Errors;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class DnsmasqTests : IDisposable
{
    private readonly ResolverDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_real_server_is_understood()
    {
        Assert.SkipUnless(DnsmasqServer.IsInstalled, "dnsmasq is not installed.");
        _directory.Write(_directory.Hosts, "");
        string many = Path.ChangeExtension(_directory.Hosts, "many");
        _directory.Write(many, string.Concat(Enumerable.Range(1, 200).Select(i => $"10.0.0.{i} many.test\n")));
        using DnsmasqServer server = DnsmasqServer.Start(
            "--host-record=app.test,192.0.2.1,2001:db8::1,77",
            "--host-record=v4.test,192.0.2.4",
            "--cname=www.test,app.test,33",
            "--srv-host=_http._tcp.app.test,app.test,8080,10,5",
            "--srv-host=_http._tcp.app.test,v4.test,8081,20,0",
            $"--addn-hosts={many}");
        using DnsmasqServer owner = DnsmasqServer.Start(
            "--auth-server=ns.zone.example,127.0.0.1",
            "--auth-zone=zone.example",
            "--auth-soa=1,hostmaster.zone.example,1200,120,999",
            "--host-record=a.zone.example,192.0.2.9");
        using NameResolver resolver = new(_directory.Options() with { Servers = [server.EndPoint] }, new FakeTime());

        (await resolver.ResolveAsync("app.test")).ToString().ShouldBe("app.test: 2001:db8::1, 192.0.2.1");
        (await resolver.ResolveAsync("app.test")).Ttl.ShouldBe(TimeSpan.FromSeconds(77));
        (await resolver.ResolveAsync("www.test")).ToString().ShouldBe("www.test: 2001:db8::1, 192.0.2.1");
        (await resolver.ResolveAsync("www.test")).Ttl.ShouldBe(TimeSpan.FromSeconds(33));
        (await resolver.ResolveAsync("v4.test")).ToString().ShouldBe("v4.test: 192.0.2.4");

        // 200 addresses do not fit into 1232 octets.
        resolver.Counters.TcpQueries.ShouldBe(0);
        (await resolver.ResolveAsync("many.test")).Addresses.Length.ShouldBe(200);
        resolver.Counters.TcpQueries.ShouldBe(1);

        ResolvedName missing = await resolver.ResolveAsync("missing.test");
        (missing.Addresses.IsEmpty, missing.Error, missing.ErrorText)
            .ShouldBe((true, ProxyErrors.DnsError, "missing.test: no such name (NXDOMAIN)."));

        // A forwarder owns no zone that says how long "no" lives: the back-off decides.
        missing.Ttl.ShouldBe(TimeSpan.FromSeconds(1));
        (await resolver.ResolveAsync("elsewhere.example")).ErrorText.ShouldContain("Refused");

        ResolvedServers servers = await resolver.ResolveServersAsync("_http._tcp.app.test");
        servers.Servers.Select(s => (s.Target, s.Address.ToString(), (int)s.Port, (int)s.Priority, (int)s.Weight)).ShouldBe(
        [
            ("app.test", "2001:db8::1", 8080, 10, 5),
            ("app.test", "192.0.2.1", 8080, 10, 5),
            ("v4.test", "192.0.2.4", 8081, 20, 0),
        ]);
        servers.Ttl.ShouldBe(TimeSpan.FromSeconds(44));

        using NameResolver fromOwner = new(_directory.Options() with { Servers = [owner.EndPoint] }, new FakeTime());
        (await fromOwner.ResolveAsync("a.zone.example")).ToString().ShouldBe("a.zone.example: 192.0.2.9");
        (await fromOwner.ResolveAsync("b.zone.example")).Ttl.ShouldBe(DnsTtl.MaxDenial);
    }
}
