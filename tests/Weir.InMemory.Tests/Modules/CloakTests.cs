using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that what comes before and behind an answer tells as little of origins as its head.</summary>
public sealed class CloakTests
{
    private const string Yaml = """
        listen: [":8080"]
        sites:
          "*":
            stack: [cloak]
            routes: [{ to: "http://10.0.0.1:80" }]
        """;

    [Fact]
    public void An_interim_response_is_cloaked()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead(
            "HTTP/1.1 103 Early Hints", "Link: <http://10.0.0.1/a.css>; rel=preload", "Server: nginx/1.2", "X-Powered-By: PHP");
        proxy.Run();
        Message hints = client.TakeResponse();
        hints.Status.ShouldBe(103);
        hints["Link"].ShouldBe("<http://a.test/a.css>; rel=preload");
        hints["Server"].ShouldBeNull();
        hints["X-Powered-By"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void Trailer_fields_are_cloaked()
    {
        using Proxy proxy = new(Yaml);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "TE: trailers", "Connection: te");
        proxy.Origin.Take();
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\nX-Powered-By: PHP\r\nX-Next: http://10.0.0.1/b\r\n\r\n");
        proxy.Run();
        client.TakeResponse().Trailers.ShouldBe("X-Sum: 1\r\nX-Next: http://a.test/b\r\n");
        proxy.AssertClean();
    }
}
