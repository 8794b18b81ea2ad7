using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves how long connections live, and in which order pipelined requests are served (RFC 9112 section 9).</summary>
public sealed class PersistenceTests
{
    [Fact]
    public void A_client_and_an_origin_keep_their_connections_for_the_next_request()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        for (int i = 0; i < 3; i++)
        {
            client.SendHead("GET /" + i + " HTTP/1.1", "Host: a.test");
            proxy.Origin.Take().StartLine.ShouldBe("GET /" + i + " HTTP/1.1");
            proxy.Origin.Answer(proxy, "hello");
            Message response = client.TakeResponse();
            response.Status.ShouldBe(200);
            response.Body.ShouldBe("hello");
            response["Connection"].ShouldBeNull();
        }

        proxy.Origin.Connections.Count.ShouldBe(1);
        client.IsClosed.ShouldBeFalse();
        proxy.BuffersRented.ShouldBe(0);
        proxy.Server.ExchangesInUse.ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void Pipelined_requests_are_served_in_order_one_at_a_time()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
            + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /1 ");
        proxy.Origin.Last.ExpectNothing();
        proxy.Origin.Answer(proxy, "one");
        Message second = proxy.Origin.Take();
        second.StartLine.ShouldStartWith("POST /2 ");
        second.Body.ShouldBe("abc");
        proxy.Origin.Answer(proxy, "two");
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /3 ");
        proxy.Origin.Answer(proxy, "three");
        client.TakeResponse().Body.ShouldBe("one");
        client.TakeResponse().Body.ShouldBe("two");
        client.TakeResponse().Body.ShouldBe("three");
        proxy.AssertClean();
    }

    [Fact]
    public void A_long_pipeline_is_not_read_ahead_of_the_request_that_is_served()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        string pipeline = string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", 20_000));
        client.Send(pipeline);
        proxy.Origin.Take();
        client.Connection.TotalReceived.ShouldBeLessThanOrEqualTo(Net.Loops.Loop.LargeBufferOctets);
        proxy.BuffersRented.ShouldBeLessThanOrEqualTo(2);
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        client.Reset();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1", "Connection: close", true)]
    [InlineData("HTTP/1.1", "Connection: Close, x", true)]
    [InlineData("HTTP/1.1", "X: y", false)]
    [InlineData("HTTP/1.0", "X: y", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive", false)]
    public void The_request_decides_whether_the_connection_stays(string version, string field, bool isClosed)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / " + version, "Host: a.test", field);
        proxy.Origin.Take().StartLine.ShouldBe("GET / HTTP/1.1");
        proxy.Origin.Answer(proxy, "hello");
        Message response = client.TakeResponse();
        response.StartLine.ShouldStartWith("HTTP/1.1 200");
        response.Body.ShouldBe("hello");
        client.IsEnded.ShouldBe(isClosed);
        response["Connection"].ShouldBe(isClosed ? "close" : version == "HTTP/1.0" ? "keep-alive" : null);
        proxy.AssertClean();
    }

    [Fact]
    public void An_HTTP_1_0_client_gets_content_of_unknown_length_until_the_connection_closes()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.0", "Host: a.test", "Connection: keep-alive");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        client.IsEnded.ShouldBeTrue();
        client.WasReset.ShouldBeFalse();
        client.Received.ShouldEndWith("\r\n\r\nhello");
        client.Received.ShouldNotContain("Transfer-Encoding");
        client.Received.ShouldNotContain("Content-Length");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK", "X: y", false)]
    [InlineData("HTTP/1.0 200 OK", "Connection: keep-alive", true)]
    [InlineData("HTTP/1.1 200 OK", "Connection: close", false)]
    [InlineData("HTTP/1.1 200 OK", "X: y", true)]
    public void The_origin_decides_whether_its_connection_is_used_again(string statusLine, string field, bool isReused)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        for (int i = 0; i < 2; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            proxy.Origin.Take();
            proxy.Origin.Answer(proxy, "hello", statusLine, field);
            client.TakeResponse().Body.ShouldBe("hello");
        }

        proxy.Origin.Connections.Count.ShouldBe(isReused ? 1 : 2);
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_client_is_closed_after_its_time()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        proxy.Advance(59_000);
        client.IsClosed.ShouldBeFalse();
        proxy.Advance(2_000);
        client.IsClosed.ShouldBeTrue();
        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_ends_its_direction_still_gets_its_answer()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.End();
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        client.TakeResponse().Body.ShouldBe("hello");
        client.IsClosed.ShouldBeTrue();
        client.WasReset.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void The_last_allowed_request_of_a_connection_says_close()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { requests_per_connection: 2 }");
        Peer client = proxy.Connect();
        for (int i = 0; i < 2; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            proxy.Origin.Take();
            proxy.Origin.Answer(proxy, "hello");
            client.TakeResponse()["Connection"].ShouldBe(i == 0 ? null : "close");
        }

        client.IsEnded.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Draining_ends_idle_connections_and_closes_busy_ones_after_their_answer()
    {
        using Proxy proxy = new();
        Peer idle = proxy.Connect();
        Peer busy = proxy.Connect();
        busy.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Server.Drain();
        proxy.Run();
        idle.IsClosed.ShouldBeFalse();
        proxy.Advance(1500);
        idle.IsClosed.ShouldBeTrue();
        busy.IsClosed.ShouldBeFalse();
        proxy.Origin.Answer(proxy, "hello");
        busy.TakeResponse()["Connection"].ShouldBe("close");
        proxy.AssertClean();
    }
}
