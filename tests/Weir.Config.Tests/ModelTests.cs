using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Tests.Modules;

namespace Weir.Config.Tests;

public sealed class ModelTests
{
    [Fact]
    public void The_whole_shape_is_bound()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "good-whole-shape.yaml"), Encoding.UTF8);
        WeirConfig config = Read(text);

        config.Listen.Select(listener => listener.Address.ToString())
            .ShouldBe([":8081", "[::1]:8443", "unix:/run/weir.sock", "127.0.0.1:9000"]);
        config.Listen[3].ProxyProtocol.ShouldHaveSingleItem().ToString().ShouldBe("10.0.0.0/8");
        config.Listen[3].Connections.ShouldHaveSingleItem().Options.ShouldBeOfType<AccessOptions>().DenyFile.ShouldBe("blocklist.txt");
        config.Admin.IsOff.ShouldBeTrue();
        config.Process.Loops.ShouldBeNull();
        config.TrustedProxies[1].ToString().ShouldBe("2001:db8::/32");
        config.Limits.Memory.Resolve(1000).ShouldBe(750);
        config.ErrorPages.Pages["502"].File.ShouldBe("502.html");

        UpstreamConfig app = config.Upstreams["app"];
        app.Balance.Policy.ShouldBe(BalancePolicy.RoundRobin);
        app.Servers[1].Weight.ShouldBe(3);
        app.Servers[2].Name.ShouldBe("spare");
        app.Servers[3].Dns.ShouldBe(new DnsName("app.internal", 8080));
        app.Servers[4].Url.ShouldBe(new OriginUrl(false, "127.0.0.1", 3000));
        app.Retry.On.ShouldContain(new RetryCondition(RetryCause.Status, 503));
        app.Retry.PerTryTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        app.ProxyProtocol.ShouldBe(ProxyProtocolVersion.V2);
        config.Upstreams["api"].Servers[0].Url.ShouldNotBeNull().Authority.ShouldBe("[::1]:9000");
        config.Upstreams["10.0.0.1:80,10.0.0.2:80"].IsImplicit.ShouldBeTrue();

        SiteConfig shop = config.Sites["shop.example.com, *.shop.example.com"];
        shop.Hosts.Select(host => host.Kind).ShouldBe([HostKind.Exact, HostKind.Wildcard]);
        shop.Stack.Select(entry => entry.Name).ShouldBe(["access", "rate_limit", "access", "headers", "headers"]);
        shop.Stack[3].FromStack.ShouldBe("inner");
        shop.Routes[0].Path.ShouldNotBeNull().ShouldSatisfyAllConditions(
            path => path.Kind.ShouldBe(PathKind.Prefix),
            path => path.Path.ShouldBe("/api"));
        shop.Routes[0].Method.ShouldBe(["GET", "POST"]);
        shop.Routes[0].Header["X-Version"].Text.ShouldBe("2");
        shop.Routes[3].Path!.ToRegex(ignoreCase: true).IsMatch("/X/17").ShouldBeTrue();
        shop.Routes[3].To!.Upstream.ShouldBe("10.0.0.1:80,10.0.0.2:80");
        config.Sites["static.example.com"].Routes.ShouldHaveSingleItem().To!.Upstream.ShouldBe("localhost:3000");
    }

    [Theory]
    [InlineData("localhost: http://a", ":8080")]
    [InlineData("'*': http://a", ":8080")]
    [InlineData("10.0.0.1: http://a", ":8080")]
    [InlineData("a.internal: http://a", ":8080")]
    [InlineData("example.com: { tls: off, to: 'http://a' }", ":80")]
    public void The_default_listeners_follow_the_sites(string site, string address) =>
        Read("sites:\n  " + site).Listen.ShouldHaveSingleItem().Address.ToString().ShouldBe(address);

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "::1", true)]
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("fe80::/64", "fe80::ffff:ffff:ffff:ffff", true)]
    public void A_prefix_contains_its_addresses(string range, string text, bool isInside)
    {
        IpPrefix.TryParse(range, out IpPrefix prefix).ShouldBeTrue();
        IpAddress.TryParse(text, out IpAddress address).ShouldBeTrue();
        prefix.Contains(address).ShouldBe(isInside);
        prefix.ToString().ShouldBe(range);
    }

    [Fact]
    public void Every_default_lies_within_its_own_bounds()
    {
        // The writer shows each default in YAML; what reads back without an error is within bounds.
        WeirConfig config = Read("""
            upstreams: { app: { servers: "http://a" } }
            sites: { "*": { stack: [{ rate_limit: 1/s }, headers], to: app } }
            """);
        string text = Config.Writing.EffectiveConfig.Write(config);
        Read(text).Limits.ShouldBe(config.Limits with { });
    }

    private static WeirConfig Read(string text)
    {
        ConfigResult result = ConfigReader.ReadText(
            text, "weir.yaml", FakeCatalog.Instance, name => name == "ORIGIN" ? "http://127.0.0.1:3000" : null, new NoFiles());
        result.Errors.ShouldBe(Array.Empty<ConfigError>());
        return result.Config.ShouldNotBeNull();
    }
}
