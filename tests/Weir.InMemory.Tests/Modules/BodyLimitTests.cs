using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that `body_limit` refuses too much content, announced or not, and that none of it passes for a whole request.</summary>
public sealed class BodyLimitTests
{
    private const string Five = """
        listen: [":8080"]
        sites:
          "*":
            stack: [{ body_limit: 5B }]
            routes: [{ to: "http://10.0.0.1:80" }]
        """;

    [Theory]
    [InlineData("Content-Length: 5", "hello")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")]
    public void Content_up_to_the_limit_passes(string framing, string content)
    {
        using Proxy proxy = new(Five);
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", framing);
        client.Send(content);
        proxy.Origin.Take().Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void An_announced_length_above_it_is_refused_before_anything_is_sent()
    {
        using Proxy proxy = new(Five);
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 6");
        client.TakeResponse().Status.ShouldBe(413);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Chunks_beyond_it_are_refused_and_the_origin_gets_no_end()
    {
        using Proxy proxy = new(Five);
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("5\r\nhello\r\n");
        client.Send("1\r\n!\r\n0\r\n\r\n");
        client.TakeResponse().Status.ShouldBe(413);
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Origin.Last.Received.ShouldNotEndWith("0\r\n\r\n");
        proxy.AssertClean();
    }
}
