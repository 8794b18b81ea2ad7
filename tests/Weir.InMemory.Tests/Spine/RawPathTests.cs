using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves what `paths: raw` forwards, and what it refuses because an origin could read the path as another route's.</summary>
public sealed class RawPathTests
{
    private const string Raw = """
        listen: [":8080"]
        sites:
          "*":
            paths: raw
            routes:
              - { path: /admin/*, stack: [{ respond: 403 }] }
              - to: http://10.0.0.1:80
        """;

    [Theory]
    [InlineData("/a")]
    [InlineData("/a//b;c=1?d=%2F")]
    [InlineData("/%61/b")]
    [InlineData("/a/./b")]
    [InlineData("/a/../b")]
    [InlineData("/a%2Fb")]
    [InlineData("/.well-known/x")]
    [InlineData("/administrator/%2e%2e/x")]
    public void A_path_that_every_reading_sends_the_same_way_is_forwarded_as_it_came(string target)
    {
        using Proxy proxy = new(Raw);
        Peer client = proxy.Connect();
        client.SendHead($"GET {target} HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe($"GET {target} HTTP/1.1");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("/admin/../public")]
    [InlineData("/admin/%2e%2e/public")]
    [InlineData("/admin/.%2E/public")]
    [InlineData("/admin%2Fx")]
    [InlineData("//admin/x")]
    [InlineData("/admin;a=1/x")]
    [InlineData("/x/..%2Fadmin/y")]
    [InlineData("/x/..//admin/y")]
    [InlineData("/x/%2e%2e//admin")]
    [InlineData("/.//admin")]
    [InlineData("/x/..;/admin")]
    [InlineData("/admin%3Ba=1/x")]
    public void A_path_that_some_reading_sends_another_way_is_refused(string target)
    {
        using Proxy proxy = new(Raw);
        Peer client = proxy.Connect();
        client.SendHead($"GET {target} HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(400);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }
}
