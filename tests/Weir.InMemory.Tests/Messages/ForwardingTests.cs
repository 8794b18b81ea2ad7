using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>
/// Proves what a gateway owes to both sides when it passes a message on (RFC 9110 sections 5 to 7, RFC 9112 sections 2 to 3).
/// </summary>
public sealed class ForwardingTests
{
    [Fact]
    public void Fields_that_nobody_knows_pass_unchanged_and_in_their_order()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(
            "GET / HTTP/1.1", "Host: a.test", "X-Odd: 1", "x-other: \t a, b \t", "X-Odd: 2", "Accept: a/b", "X-ODD: 3", "Accept: c/d");
        Message request = proxy.Origin.Take();
        ValuesOf(request, "x-odd").ShouldBe(["1", "2", "3"]);
        ValuesOf(request, "accept").ShouldBe(["a/b", "c/d"]);
        ValuesOf(request, "x-other").ShouldBe(["a, b"]);
        proxy.Origin.Answer(proxy, "x", "HTTP/1.1 200 OK", "Set-Cookie: a=1", "X-Odd: 1", "Set-Cookie: b=2");
        Message response = client.TakeResponse();
        ValuesOf(response, "set-cookie").ShouldBe(["a=1", "b=2"]);
        ValuesOf(response, "x-odd").ShouldBe(["1"]);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("HTTP/1.0", "HTTP/1.1")]
    public void Each_side_gets_this_proxys_own_version(string asked, string answered)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead($"GET / {asked}", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET / HTTP/1.1");
        proxy.Origin.Answer(proxy, "x", $"{answered} 200 OK");
        client.TakeResponse().StartLine.ShouldStartWith("HTTP/1.1 200");
        proxy.AssertClean();
    }

    [Fact]
    public void OPTIONS_for_the_whole_server_stays_that()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("OPTIONS http://a.test HTTP/1.1", "Host: other.test");
        Message request = proxy.Origin.Take();
        request.StartLine.ShouldBe("OPTIONS * HTTP/1.1");
        request["Host"].ShouldBe("a.test");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void TE_is_said_anew_and_nominated()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "TE: trailers, deflate;q=0.5", "Connection: TE");
        Message request = proxy.Origin.Take();
        request["TE"].ShouldBe("trailers");
        request["Connection"].ShouldNotBeNull().ShouldContain("TE", Case.Insensitive);
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("299 Odd")]
    [InlineData("450 Odd")]
    [InlineData("599 Odd")]
    public void A_status_that_nobody_knows_passes(string status)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x", "HTTP/1.1 " + status);
        client.TakeResponse().StartLine.ShouldStartWith($"HTTP/1.1 {status[..3]}");
        proxy.AssertClean();
    }

    [Fact]
    public void Nothing_behind_a_request_that_says_close_is_served()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET /1 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\n");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        Message response = client.TakeResponse();
        response["Connection"].ShouldBe("close");
        client.ExpectNothing();
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldAllBe(origin => !origin.Received.Contains("/2", StringComparison.Ordinal));
        proxy.AssertClean();
    }

    [Fact]
    public void A_response_without_a_Date_gets_one_and_another_keeps_its_own()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse()["Date"].ShouldNotBeNull();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x", "HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT");
        client.TakeResponse()["Date"].ShouldBe("Thu, 01 Jan 2026 00:00:00 GMT");
        proxy.AssertClean();
    }

    private static IEnumerable<string> ValuesOf(Message message, string name) =>
        message.Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);
}
