using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves Expect, interim responses and early final responses (RFC 9110 sections 10.1.1 and 15.2).</summary>
public sealed class InterimTests
{
    [Fact]
    public void Expect_is_passed_on_and_the_origins_100_reaches_the_client()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        Peer origin = proxy.Origin.Last;
        string head = origin.TakeAll();
        head.ShouldContain("Expect: 100-continue");
        head.ShouldEndWith("\r\n\r\n");
        client.ExpectNothing();
        origin.SendHead("HTTP/1.1 100 Continue");
        proxy.Run();
        client.TakeResponse().StartLine.ShouldBe("HTTP/1.1 100 Continue");
        client.Send("hello");
        origin.TakeAll().ShouldBe("hello");
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        client.IsClosed.ShouldBeFalse();
        proxy.Origin.Pool.IdleCount.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_final_answer_instead_of_100_ends_both_connections()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        proxy.Origin.Answer(proxy, "no", "HTTP/1.1 403 Forbidden");
        Message response = client.TakeResponse();
        response.Status.ShouldBe(403);
        response.Body.ShouldBe("no");
        response["Connection"].ShouldBe("close");
        client.IsEnded.ShouldBeTrue();
        client.Send("hello");
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Origin.Pool.IdleCount.ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void An_early_final_answer_reaches_a_client_that_still_sends_and_its_connection_goes_on_when_little_is_left()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 10");
        client.Send("hello");
        proxy.Origin.Answer(proxy, "no", "HTTP/1.1 403 Forbidden");
        client.TakeResponse().Body.ShouldBe("no");
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        client.Send("worldGET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Take().StartLine.ShouldStartWith("GET / ");
        proxy.Origin.Answer(proxy, "yes");
        client.TakeResponse().Body.ShouldBe("yes");
        proxy.AssertClean();
    }

    [Fact]
    public void An_early_final_answer_to_a_huge_request_closes_without_destroying_the_answer()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 10000000");
        client.Send("hello");
        proxy.Origin.Answer(proxy, "no", "HTTP/1.1 403 Forbidden");
        Message response = client.TakeResponse();
        response.Body.ShouldBe("no");
        client.IsEnded.ShouldBeTrue();
        client.WasReset.ShouldBeFalse();
        client.Send(new string('x', 100_000));
        client.WasReset.ShouldBeFalse();
        proxy.Advance(10_000);
        client.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Another_expectation_gets_417_and_reaches_no_origin()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: coffee", "Content-Length: 5");
        client.TakeResponse().Status.ShouldBe(417);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void An_HTTP_1_0_origin_gets_no_Expect_and_the_client_its_100_from_here()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x", "HTTP/1.0 200 OK");
        client.TakeResponse();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        client.TakeResponse().Status.ShouldBe(100);
        client.Send("hello");
        Message request = proxy.Origin.Take();
        request["Expect"].ShouldBeNull();
        request.Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "done", "HTTP/1.0 200 OK");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void An_HTTP_1_0_origin_gets_no_chunks_but_counted_content()
    {
        using Proxy proxy = new();
        Peer client = ConnectToHttp10(proxy);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("5\r\nhello\r\n");
        proxy.Origin.Last.ExpectNothing();
        client.Send("7\r\n, world\r\n0\r\nX-T: 1\r\n\r\n");
        Message request = proxy.Origin.Take();
        request["Transfer-Encoding"].ShouldBeNull();
        request["Content-Length"].ShouldBe("12");
        request.Body.ShouldBe("hello, world");
        proxy.Origin.Answer(proxy, "done", "HTTP/1.0 200 OK");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void More_content_without_a_length_than_is_held_for_an_HTTP_1_0_origin_gets_411()
    {
        using Proxy proxy = new();
        Peer client = ConnectToHttp10(proxy);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        string chunk = $"8000\r\n{new string('x', 0x8000)}\r\n";
        for (int i = 0; i < 33 && client.Received.Length == 0; i++)
        {
            client.Send(chunk);
        }

        Message response = client.TakeResponse();
        response.Status.ShouldBe(411);
        response["Proxy-Status"]!.ShouldContain("http_request_error");
        proxy.Origin.Last.Received.ShouldNotContain("POST");
        proxy.AssertClean();
    }

    private static Peer ConnectToHttp10(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x", "HTTP/1.0 200 OK");
        client.TakeResponse();
        return client;
    }

    [Theory]
    [InlineData("HTTP/1.1", true)]
    [InlineData("HTTP/1.0", false)]
    public void Early_hints_go_to_clients_that_know_them(string version, bool isPassed)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / " + version, "Host: a.test", "Connection: keep-alive");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 103 Early Hints", "Link: </a.css>; rel=preload", "Connection: x-hop", "X-Hop: 1");
        proxy.Run();
        if (isPassed)
        {
            Message hints = client.TakeResponse();
            hints.Status.ShouldBe(103);
            hints["Link"].ShouldBe("</a.css>; rel=preload");
            hints["X-Hop"].ShouldBeNull();
            hints["Content-Length"].ShouldBeNull();
        }

        client.ExpectNothing();
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void Several_interim_responses_pass_and_each_moves_the_deadline()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        foreach (int status in (int[])[102, 103, 104, 199])
        {
            proxy.Advance(50_000);
            proxy.Origin.Last.SendHead($"HTTP/1.1 {status} Interim", "X-Number: " + status);
            proxy.Run();
            client.TakeResponse().Status.ShouldBe(status);
        }

        proxy.Origin.Answer(proxy, "done");
        Message response = client.TakeResponse();
        response.Body.ShouldBe("done");
        response["X-Number"].ShouldBeNull();
        proxy.AssertClean();
    }
}
