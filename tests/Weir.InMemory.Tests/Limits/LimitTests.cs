using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Limits;

/// <summary>Proves that time, size, number and memory are bounded, and what a client is told at each bound.</summary>
public sealed class LimitTests
{
    [Fact]
    public void An_origins_time_to_answer_begins_when_the_request_is_whole()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 100000");
        for (int i = 0; i < 20; i++)
        {
            proxy.Advance(5_000);
            client.Send(new string('x', 5_000));
        }

        Peer origin = proxy.Origin.Last;
        origin.TakeRequest().Body.Length.ShouldBe(100_000);
        proxy.Advance(59_000);
        client.Received.ShouldBeEmpty();
        proxy.Advance(2_000);
        client.TakeResponse().Status.ShouldBe(504);
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_head_gets_408()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 9; i++)
        {
            proxy.Advance(1_000);
            client.Send("X: y\r\n");
            client.ExpectNothing();
        }

        proxy.Advance(2_000);
        client.TakeResponse().Status.ShouldBe(408);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_body_below_its_least_rate_gets_408_and_never_completes_at_the_origin()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 10000");
        for (int i = 0; i < 5 && client.Received.Length == 0; i++)
        {
            client.Send("x");
            proxy.Advance(1_000);
        }

        proxy.Advance(3_000);
        client.TakeResponse().Status.ShouldBe(408);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Origin.Last.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_body_at_its_least_rate_is_served()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 6000");
        for (int i = 0; i < 20; i++)
        {
            client.Send(new string('x', 300));
            proxy.Advance(1_000);
        }

        proxy.Origin.Take().Body.Length.ShouldBe(6000);
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void An_announced_body_that_is_too_large_gets_413_before_any_origin_is_asked()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { body_size: 1000B }");
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 1001");
        client.TakeResponse().Status.ShouldBe(413);
        client.IsEnded.ShouldBeTrue();
        foreach (Peer origin in proxy.Origin.Connections)
        {
            origin.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_chunked_body_that_grows_too_large_gets_413_and_never_completes_at_the_origin()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { body_size: 1000B }");
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("300\r\n" + new string('x', 0x300) + "\r\n");
        client.ExpectNothing();
        client.Send("300\r\n" + new string('x', 0x300) + "\r\n0\r\n\r\n");
        client.TakeResponse().Status.ShouldBe(413);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Last.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_head_that_is_too_large_gets_431()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 40_000) + "\r\n\r\n");
        client.TakeResponse().Status.ShouldBe(431);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Too_many_fields_get_431()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 128)) + "\r\n");
        client.TakeResponse().Status.ShouldBe(431);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trailers_that_are_too_large_or_too_many_get_431_and_never_complete_at_the_origin(bool isLong)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        string trailers = isLong ? "X: " + new string('x', 40_000) + "\r\n" : string.Concat(Enumerable.Repeat("X: y\r\n", 200));
        client.Send("5\r\nhello\r\n0\r\n" + trailers + "\r\n");
        client.TakeResponse().Status.ShouldBe(431);
        client.IsEnded.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("trailers_too_large");
        proxy.Origin.Last.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_target_that_is_too_long_gets_414()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("GET /" + new string('x', 17_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        client.TakeResponse().Status.ShouldBe(414);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void The_largest_allowed_head_passes()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        string value = new('x', 32 * 1024 - 200);
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X: " + value);
        proxy.Origin.Take()["X"].ShouldBe(value);
        proxy.Origin.Answer(proxy, "x", "HTTP/1.1 200 OK", "Y: " + value);
        client.TakeResponse()["Y"].ShouldBe(value);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_with_too_many_connections_gets_503_at_once()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { connections_per_client: 2 }");
        Peer first = proxy.Connect();
        Peer second = proxy.Connect();
        Peer third = proxy.Connect();
        Peer other = proxy.Connect(0xC0000202);
        Message refused = third.TakeResponse();
        refused.Status.ShouldBe(503);
        refused["Proxy-Status"].ShouldBe("weir;error=connection_limit_reached");
        third.IsEnded.ShouldBeTrue();
        first.IsClosed.ShouldBeFalse();
        second.IsClosed.ShouldBeFalse();
        other.IsClosed.ShouldBeFalse();
        first.End();
        third.End();
        Peer fourth = proxy.Connect();
        fourth.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Answer(proxy, "x");
        fourth.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_takes_nothing_is_cut_off_after_its_time()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.Connection.OpenWindow(10);
        proxy.Origin.Answer(proxy, new string('x', 100_000));
        proxy.Advance(59_000);
        client.IsClosed.ShouldBeFalse();
        proxy.Advance(3_000);
        client.IsClosed.ShouldBeTrue();
        client.WasReset.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("client_too_slow");
        proxy.AssertClean();
    }

    // 64 octets a second over a minute are 3840.
    [Theory]
    [InlineData(1, true)]
    [InlineData(60, true)]
    [InlineData(70, false)]
    public void A_client_that_takes_its_answer_too_slowly_is_cut_off(int octetsPerSecond, bool isCut)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.Connection.OpenWindow(10);
        proxy.Origin.Answer(proxy, new string('x', 100_000));
        for (int second = 0; second < 200; second++)
        {
            client.Connection.OpenWindow(octetsPerSecond);
            proxy.Advance(1000);
        }

        client.WasReset.ShouldBe(isCut);
        if (isCut)
        {
            proxy.Ended.Error.ShouldBe("client_too_slow");
            proxy.AssertClean();
        }
    }

    [Theory]
    [InlineData("60B/s", true)]
    [InlineData("0B/s", false)]
    public void The_least_rate_of_a_response_is_what_the_configuration_says(string rate, bool isCut)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            limits: { response_min_rate: {{rate}}, idle_timeout: 10s }
            sites:
              "*": { routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.Connection.OpenWindow(10);
        proxy.Origin.Answer(proxy, new string('x', 100_000));
        for (int second = 0; second < 60; second++)
        {
            client.Connection.OpenWindow(50);
            proxy.Advance(1000);
        }

        client.WasReset.ShouldBe(isCut);
    }

    [Fact]
    public void An_origin_that_stops_in_the_middle_is_cut_off_after_its_time()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        proxy.Run();
        proxy.Advance(62_000);
        client.WasReset.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("origin_idle");
        proxy.AssertClean();
    }

    [Fact]
    public void Reading_pauses_when_memory_is_spent_and_goes_on_afterwards()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { memory: 2MiB }");
        Peer uploading = proxy.Connect();
        uploading.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 5");
        List<Peer> holders = SpendMemory(proxy);
        uploading.Send("hello");
        proxy.Origin.Last.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
        uploading.ExpectNothing();
        foreach (Peer holder in holders.Take(30))
        {
            holder.Reset();
        }

        proxy.Advance(500);
        proxy.Origin.Take().Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "x");
        proxy.Advance(500);
        uploading.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Fact]
    public void New_requests_get_503_at_once_when_memory_is_spent()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { memory: 2MiB }");
        Peer keptAlive = proxy.Connect();
        keptAlive.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Answer(proxy, "x");
        keptAlive.TakeResponse().Status.ShouldBe(200);
        List<Peer> holders = SpendMemory(proxy);
        Peer late = proxy.Connect();
        foreach (Peer client in (Peer[])[keptAlive, late])
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            Message response = client.TakeResponse();
            response.Status.ShouldBe(503);
            response["Retry-After"].ShouldBe("1");
            response["Proxy-Status"].ShouldBe("weir;error=proxy_internal_error");
            response["Connection"].ShouldBe("close");
            client.IsEnded.ShouldBeTrue();
            client.WasReset.ShouldBeFalse();
        }

        proxy.Counters.OfLoop(0).Read(Counter.ConnectionsRefusedMemory).ShouldBe(2);
        proxy.Origin.Connections.Count.ShouldBe(1);
        holders.ForEach(holder => holder.Reset());
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_that_finds_no_memory_becomes_a_503_and_no_reset()
    {
        using Proxy proxy = new(Proxy.Simple + "\nlimits: { memory: 2MiB }");
        Peer waiting = proxy.Connect();
        waiting.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        List<Peer> holders = SpendMemory(proxy);
        holders[0].Reset();
        proxy.Origin.Answer(proxy, "x");
        Message response = waiting.TakeResponse();
        response.Status.ShouldBe(503);
        response["Connection"].ShouldBe("close");
        waiting.ExpectNothing();
        waiting.IsEnded.ShouldBeTrue();
        waiting.WasReset.ShouldBeFalse();
        proxy.Ended.Error.ShouldBe("memory_exhausted");
        holders.ForEach(holder => holder.Reset());
        proxy.AssertClean();
    }

    [Fact]
    public void Input_that_a_lingering_close_throws_away_is_bounded()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send("bad\r\n\r\n");
        Message refused = client.TakeResponse();
        refused.Status.ShouldBe(400);
        refused["Proxy-Status"].ShouldBe("weir;error=http_request_error");
        for (int i = 0; i < 30 && !client.IsClosed; i++)
        {
            client.Send(new string('x', 100_000));
        }

        client.IsClosed.ShouldBeTrue();
        client.Connection.TotalReceived.ShouldBeLessThan(1_300_000);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("text/html", "text/html", "<!doctype html>")]
    [InlineData("application/json", "application/json", "{")]
    [InlineData("application/problem+json, application/json;q=0.5", "json", "{")]
    [InlineData("*/*", "text/html", "<!doctype html>")]
    public void An_error_page_has_the_form_that_the_client_accepts_and_names_no_origin(string accept, string type, string start)
    {
        using Proxy proxy = new();
        proxy.Origin.Refusal = ProxyErrors.ConnectRefused;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept: " + accept);
        Message response = client.TakeResponse();
        response.Status.ShouldBe(502);
        response["Content-Type"]!.ShouldContain(type);
        response.Body.TrimStart().ShouldStartWith(start, Case.Insensitive);
        response.Body.ShouldNotContain("10.0.0.1");
        response["Proxy-Status"].ShouldBe("weir;error=connection_refused");
        response["Date"].ShouldNotBeNull();
        client.SendHead("HEAD / HTTP/1.1", "Host: a.test", "Accept: " + accept);
        client.TakeResponse(isHead: true).Status.ShouldBe(502);
        client.ExpectNothing();
        proxy.AssertClean();
    }

    // Heads that never end: each keeps one buffer.
    private static List<Peer> SpendMemory(Proxy proxy)
    {
        List<Peer> holders = [];
        int all = (2 << 20) / Net.Loops.Loop.SmallBufferOctets;
        while (proxy.BuffersRented < all)
        {
            Peer holder = proxy.Connect();
            holder.Send("GET / HTTP/1.1\r\nX: ");
            holders.Add(holder);
        }

        proxy.Budget.UsedOctets.ShouldBeLessThanOrEqualTo(2 << 20);
        return holders;
    }
}
