using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Pooling;
using Weir.Upstreams;

namespace Weir.Tests.Hosting;

public sealed class NamedServersTests
{
    [Fact]
    public void Servers_whose_addresses_are_long_gone_are_forgotten_and_present_ones_never()
    {
        NamedServers name = new(new ServerConfig(), new DnsName("app.internal", 80), new OriginLimits(), null);
        ServerState[] servers = [.. Enumerable.Range(0, 100).Select(i => new ServerState($"10.0.0.{i}:80", 1, false, new InertConnector(), []))];
        foreach (ServerState server in servers)
        {
            name.Known[server.Name] = server;
        }

        name.Forget(new HashSet<ServerState>(servers));
        name.Known.Count.ShouldBe(100);
        name.Forget(new HashSet<ServerState> { servers[0], servers[99] });
        name.Known.Values.ShouldContain(servers[0]);
        name.Known.Values.ShouldContain(servers[99]);
        name.Known.Values.ShouldContain(servers[98]);
        name.Known.Count.ShouldBe(34);
        name.Forget(new HashSet<ServerState> { servers[0] });
        name.Known.Count.ShouldBe(33);
    }
}
