using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves that no malformed request reaches an origin, and that each is answered and closed (RFC 9112 section 11.2).</summary>
public sealed class BadRequestTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400, 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400, 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 400, 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 4\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nX: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX@Y: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400)]
    [InlineData("GET /\r\n\r\n", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.2.3\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / http/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 400, 505)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505)]
    [InlineData("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a%zzb HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a/%2e%2e/../x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 2\r\n\r\n", 400, 405)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", 400)]
    public void A_malformed_head_is_refused_and_the_connection_ends(string request, int status, int orStatus = 0)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        Message response = client.TakeResponse();
        response.Status.ShouldBeOneOf(status, orStatus == 0 ? status : orStatus);
        response["Connection"].ShouldBe("close");
        response["Proxy-Status"].ShouldNotBeNull();
        client.ExpectNothing();
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("+3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("0x3\r\nabc\r\n0\r\n\r\n")]
    [InlineData(" 3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3 \r\nabc\r\n0\r\n\r\n")]
    [InlineData("3_0\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\nabc\r\n0\r\n\r\n")]
    [InlineData("3\rabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\n0\r\n\r\n")]
    [InlineData("3\r\nabc0\r\n\r\n")]
    [InlineData("ffffffffffffffffff\r\nabc\r\n0\r\n\r\n")]
    [InlineData("00000000000000000000003\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3;a=\nb\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\r\nbad trailer\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\r\nX : y\r\n\r\n")]
    [InlineData("3\r\nabc\r\n0\nX: y\r\n\r\n")]
    [InlineData("-1\r\nabc\r\n0\r\n\r\n")]
    [InlineData("\r\nabc\r\n0\r\n\r\n")]
    public void Malformed_chunks_are_refused_and_never_complete_at_the_origin(string body)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
            + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        Message response = client.TakeResponse();
        response.Status.ShouldBe(400);
        client.ExpectNothing();
        client.IsEnded.ShouldBeTrue();
        foreach (Peer origin in proxy.Origin.Connections)
        {
            origin.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
            origin.Received.ShouldNotContain("smuggled");
            origin.IsClosed.ShouldBeTrue();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Equal_Content_Lengths_collapse_to_one()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc");
        Message request = proxy.Origin.Take();
        request["Content-Length"].ShouldBe("3");
        request.Body.ShouldBe("abc");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void The_absolute_form_wins_over_Host()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET http://b.test?x=1 HTTP/1.1", "Host: a.test");
        Message request = proxy.Origin.Take();
        request.StartLine.ShouldBe("GET /?x=1 HTTP/1.1");
        request["Host"].ShouldBe("b.test");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("/a/./b/../%63?q=/../%2e", "/a/c?q=/../%2e")]
    [InlineData("/a%2fb//c;d", "/a%2Fb//c;d")]
    public void One_form_of_the_path_is_forwarded(string target, string forwarded)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET " + target + " HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET " + forwarded + " HTTP/1.1");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }
}
