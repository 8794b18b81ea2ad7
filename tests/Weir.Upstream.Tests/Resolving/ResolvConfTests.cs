using System.Net;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class ResolvConfTests
{
    [Fact]
    public void Everything_that_a_stub_resolver_obeys_is_read()
    {
        ResolvConf conf = ResolvConf.Parse("""
            # made by hand
            ; another comment
            nameserver 192.0.2.1
            nameserver 2001:db8::53
            search corp.example example.
            options ndots:3 timeout:2 attempts:4 rotate use-vc trust-ad no-aaaa edns0 unknown:7
            """);

        conf.Servers.ShouldBe([IPEndPoint.Parse("192.0.2.1:53"), IPEndPoint.Parse("[2001:db8::53]:53")]);
        conf.Search.ShouldBe(["corp.example", "example"]);
        conf.Ndots.ShouldBe(3);
        conf.Timeout.ShouldBe(TimeSpan.FromSeconds(2));
        conf.Attempts.ShouldBe(4);
        conf.IsRotating.ShouldBeTrue();
        conf.UsesTcp.ShouldBeTrue();
        conf.TrustsAuthenticData.ShouldBeTrue();
        conf.SkipsIPv6.ShouldBeTrue();
    }

    [Fact]
    public void An_empty_file_means_the_local_server_and_the_defaults()
    {
        ResolvConf conf = ResolvConf.Parse("");
        conf.Servers.ShouldBe([IPEndPoint.Parse("127.0.0.1:53")]);
        conf.Search.ShouldBeEmpty();
        (conf.Ndots, conf.Timeout.TotalSeconds, conf.Attempts).ShouldBe((1, 5, 2));
        (conf.IsRotating || conf.UsesTcp || conf.TrustsAuthenticData || conf.SkipsIPv6).ShouldBeFalse();
    }

    [Fact]
    public void Three_servers_are_used_at_most() =>
        ResolvConf.Parse("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n").Servers
            .Select(s => s.Address.ToString()).ShouldBe(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);

    [Theory]
    [InlineData("nameserver 1")]
    [InlineData("nameserver 192.0.2.01")]
    [InlineData("nameserver dns.example")]
    [InlineData("nameserver")]
    [InlineData(" nameserver 192.0.2.1")]
    [InlineData("#nameserver 192.0.2.1")]
    public void A_line_that_cannot_be_read_is_ignored(string line) =>
        ResolvConf.Parse(line).Servers.ShouldBe([IPEndPoint.Parse("127.0.0.1:53")]);

    [Fact]
    public void A_link_local_server_keeps_its_zone() =>
        ResolvConf.Parse("nameserver fe80::1%1").Servers[0].Address.ScopeId.ShouldBe(1);

    [Theory]
    [InlineData("search a.test b.test\ndomain c.test", "c.test")]
    [InlineData("domain c.test\nsearch a.test b.test", "a.test b.test")]
    [InlineData("search a.test\nsearch b.test", "b.test")]
    [InlineData("search a..test ok.test", "ok.test")]
    public void The_last_of_search_and_domain_counts(string text, string expected) =>
        string.Join(' ', ResolvConf.Parse(text).Search).ShouldBe(expected);

    [Fact]
    public void Without_search_the_domain_of_this_machine_is_searched()
    {
        ResolvConf.Parse("", "web1.corp.example").Search.ShouldBe(["corp.example"]);
        ResolvConf.Parse("", "web1").Search.ShouldBeEmpty();
        ResolvConf.Parse("search", "web1.corp.example").Search.ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_stay_within_their_bounds()
    {
        ResolvConf conf = ResolvConf.Parse("options ndots:99 timeout:99 attempts:99\n");
        (conf.Ndots, conf.Timeout.TotalSeconds, conf.Attempts).ShouldBe((15, 30, 5));
        conf = ResolvConf.Parse("options ndots:0 timeout:0 attempts:0\n");
        (conf.Ndots, conf.Timeout.TotalSeconds, conf.Attempts).ShouldBe((0, 1, 1));
        conf = ResolvConf.Parse("options ndots:-1 timeout:x attempts:\n");
        (conf.Ndots, conf.Timeout.TotalSeconds, conf.Attempts).ShouldBe((1, 5, 2));
    }

    [Theory]
    [InlineData("app", "app.a.test app.b.test app")]
    [InlineData("app.x", "app.x.a.test app.x.b.test app.x")]
    [InlineData("app.x.y", "app.x.y app.x.y.a.test app.x.y.b.test")]
    [InlineData("app.", "app")]
    [InlineData("a..b", "")]
    public void A_name_with_fewer_dots_than_ndots_is_searched_first(string written, string expected) =>
        string.Join(' ', SearchList.Candidates(written, ResolvConf.Parse("search a.test b.test\noptions ndots:2"))).ShouldBe(expected);
}
