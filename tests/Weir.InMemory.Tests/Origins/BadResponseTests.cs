using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves that what an origin breaks never looks whole to a client, and never reaches the next one.</summary>
public sealed class BadResponseTests
{
    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nY: b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\nabc")]
    public void A_malformed_response_is_a_502_and_ends_the_origins_connection(string response)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.Send(response);
        proxy.Run();
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(502);
        answer["Proxy-Status"].ShouldNotBeNull();
        client.ExpectNothing();
        client.IsClosed.ShouldBeFalse();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_head_that_is_too_large_is_a_502()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nX: " + new string('x', 70_000) + "\r\n\r\n");
        proxy.Run();
        Message answer = client.TakeResponse();
        answer.Status.ShouldBe(502);
        answer["Proxy-Status"]!.ShouldContain("http_response_header_section_size");
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello", true)]
    public void A_truncated_response_is_aborted_for_the_client(string response, bool isReset)
    {
        foreach (string version in (string[])["HTTP/1.1", "HTTP/1.0"])
        {
            using Proxy proxy = new();
            Peer client = proxy.Connect();
            client.SendHead("GET / " + version, "Host: a.test");
            proxy.Origin.Take();
            proxy.Origin.Last.Send(response);
            proxy.Run();
            if (isReset)
            {
                proxy.Origin.Last.Reset();
            }
            else
            {
                proxy.Origin.Last.End();
            }

            proxy.Run();
            client.IsClosed.ShouldBeTrue();
            client.WasReset.ShouldBeTrue();
            if (client.Received.Length > 0)
            {
                client.TryTake(isResponse: true, isHead: false, out _).ShouldBeFalse();
            }

            proxy.Origin.Last.IsClosed.ShouldBeTrue();
            proxy.AssertClean();
        }
    }

    [Theory]
    [InlineData("X")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")]
    public void Data_behind_a_complete_response_kills_the_connection(string more)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + more);
        proxy.Run();
        client.TakeResponse().Body.ShouldBe("hello");
        client.ExpectNothing();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        client.SendHead("GET /2 HTTP/1.1", "Host: a.test");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Answer(proxy, "clean");
        client.TakeResponse().Body.ShouldBe("clean");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\nhello")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\n\r\nhello")]
    public void Content_where_none_may_be_kills_the_connection(string method, string response)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(method + " / HTTP/1.1", "Host: a.test");
        proxy.Origin.Last.Send(response);
        proxy.Run();
        client.TakeResponse(isHead: method == "HEAD");
        client.ExpectNothing();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Octets_on_an_idle_connection_kill_it()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Answer(proxy, "hello");
        client.TakeResponse();
        proxy.Origin.Last.IsClosed.ShouldBeFalse();
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
        proxy.Run();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        client.SendHead("GET /2 HTTP/1.1", "Host: a.test");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Answer(proxy, "clean");
        client.TakeResponse().Body.ShouldBe("clean");
        proxy.AssertClean();
    }
}
