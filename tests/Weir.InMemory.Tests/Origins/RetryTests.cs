using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves what is sent again and what never is (RFC 9110 section 9.2.2), where to, and what the client is told.</summary>
public sealed class RetryTests
{
    private const string Two = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            balance: round_robin
        sites:
          "*": { routes: [{ to: app }] }
        """;

    [Fact]
    public void A_connect_that_is_refused_is_a_502()
    {
        ErrorOf(ProxyErrors.ConnectRefused).ShouldBe((502, "connection_refused"));
    }

    [Fact]
    public void Other_failures_of_connecting_have_their_own_words()
    {
        ErrorOf(ProxyErrors.ConnectTimeout).ShouldBe((504, "connection_timeout"));
        ErrorOf(ProxyErrors.ConnectUnreachable).ShouldBe((502, "destination_ip_unroutable"));
        ErrorOf(ProxyErrors.DnsError).ShouldBe((502, "dns_error"));
        ErrorOf(ProxyErrors.DnsTimeout).ShouldBe((504, "dns_timeout"));
    }

    [Fact]
    public void A_connect_without_an_end_is_a_504()
    {
        using Proxy proxy = new();
        proxy.Origin.IsSilent = true;
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        client.ExpectNothing();
        proxy.Advance(5_000);
        client.TakeResponse().Status.ShouldBe(504);
        proxy.AssertClean();
    }

    [Fact]
    public void An_origin_without_an_answer_is_a_504()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        proxy.Origin.Take();
        proxy.Advance(59_000);
        client.ExpectNothing();
        proxy.Advance(2_000);
        Message response = client.TakeResponse();
        response.Status.ShouldBe(504);
        response["Proxy-Status"]!.ShouldContain("http_response_timeout");
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void An_origin_that_closes_without_an_answer_is_a_502()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        proxy.Origin.Last.End();
        proxy.Run();
        Message response = client.TakeResponse();
        response.Status.ShouldBe(502);
        response["Proxy-Status"]!.ShouldContain("connection_terminated");
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_GET_on_a_reused_connection_that_closes_is_sent_again(bool isReset)
    {
        using Proxy proxy = new();
        Peer client = Warm(proxy);
        client.SendHead("GET /2 HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /2 ");
        Break(proxy.Origin.Last, isReset);
        proxy.Run();
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Take().StartLine.ShouldStartWith("GET /2 ");
        proxy.Origin.Answer(proxy, "again");
        client.TakeResponse().Body.ShouldBe("again");
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_connection_that_closes_is_replaced_before_anything_is_sent()
    {
        using Proxy proxy = new();
        Peer client = Warm(proxy);
        proxy.Origin.Last.End();
        proxy.Run();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        client.SendHead("POST /2 HTTP/1.1", "Host: a.test", "Content-Length: 3");
        client.Send("abc");
        proxy.Origin.Connections.Count.ShouldBe(2);
        proxy.Origin.Take().Body.ShouldBe("abc");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.Ended.Retries.ShouldBe(0);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("SPECIAL")]
    public void What_is_not_idempotent_is_never_sent_again(string method)
    {
        using Proxy proxy = new();
        Peer client = Warm(proxy);
        client.SendHead(method + " /2 HTTP/1.1", "Host: a.test", "Content-Length: 3");
        client.Send("abc");
        proxy.Origin.Take();
        proxy.Origin.Last.Reset();
        proxy.Run();
        proxy.Origin.Connections.Count.ShouldBe(1);
        client.TakeResponse().Status.ShouldBe(502);
        proxy.AssertClean();
    }

    [Fact]
    public void A_PUT_with_its_content_at_hand_is_sent_again_to_the_other_server()
    {
        using Proxy proxy = new(Two);
        Peer client = proxy.Connect();
        client.SendHead("PUT / HTTP/1.1", "Host: a.test", "Content-Length: 3");
        client.Send("abc");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        OriginServer second = proxy.Servers.Single(server => server.Connections.Count == 0);
        first.Take().Body.ShouldBe("abc");
        first.Last.Reset();
        proxy.Run();
        second.Take().Body.ShouldBe("abc");
        second.Answer(proxy, "x");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.Ended.Retries.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_PUT_whose_content_is_too_large_to_keep_is_not()
    {
        using Proxy proxy = new(Two);
        Peer client = proxy.Connect();
        client.Send("PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 70000\r\n\r\n" + new string('x', 70_000));
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        first.Take();
        first.Last.Reset();
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Servers.Sum(server => server.Connections.Count).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_POST_whose_connect_fails_goes_to_the_other_server_with_all_of_its_content()
    {
        using Proxy proxy = new(Two);
        foreach (OriginServer server in proxy.Servers)
        {
            server.Refusal = ProxyErrors.ConnectRefused;
        }

        OriginServer good = proxy.ServerAt("10.0.0.2:80");
        good.Refusal = null;
        for (int i = 0; i < 3; i++)
        {
            Peer client = proxy.Connect();
            client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 3");
            client.Send("abc");
            good.Take().Body.ShouldBe("abc");
            good.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Nothing_is_sent_again_once_the_response_has_begun()
    {
        using Proxy proxy = new(Two);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        first.Take();
        first.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        proxy.Run();
        first.Last.Reset();
        proxy.Run();
        client.WasReset.ShouldBeTrue();
        proxy.Servers.Sum(server => server.Connections.Count).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void Retries_end_when_their_budget_is_spent()
    {
        using Proxy proxy = new(Two);
        int tries = 0;
        foreach (OriginServer server in proxy.Servers)
        {
            server.OnConnect = connection =>
            {
                tries++;
                connection.PeerEnd();
            };
        }

        Peer client = proxy.Connect();
        for (int i = 0; i < 200; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            client.TakeResponse().Status.ShouldBeOneOf(502, 503);
        }

        // 200 first tries earn 40 retries at 20 %, and 10 are in reserve.
        tries.ShouldBeInRange(200, 252);
        proxy.Counters.Total(Telemetry.Counting.Counter.RetriesOverBudget).ShouldBeGreaterThan(0);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("POST", 2)]
    [InlineData("GET", 3)]
    public void Servers_that_take_no_connection_cost_neither_attempts_nor_budget(string method, int attempts)
    {
        using Proxy proxy = new(Two
            .Replace("10.0.0.2:80\"]", "10.0.0.2:80\", \"http://10.0.0.3:80\"]", StringComparison.Ordinal)
            .Replace("round_robin", $"round_robin\n    retry: {{ attempts: {attempts}, budget: 0% }}", StringComparison.Ordinal));
        proxy.ServerAt("10.0.0.1:80").Refusal = ProxyErrors.ConnectRefused;
        proxy.ServerAt("10.0.0.2:80").Refusal = ProxyErrors.ConnectUnreachable;
        OriginServer well = proxy.ServerAt("10.0.0.3:80");
        Peer client = proxy.Connect();
        for (int i = 0; i < 40; i++)
        {
            client.SendHead($"{method} / HTTP/1.1", "Host: a.test", "Content-Length: 0");
            well.Take();
            well.Answer(proxy, "x");
            client.TakeResponse().Status.ShouldBe(200);
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_single_attempt_is_one_whatever_came_of_it()
    {
        using Proxy proxy = new(Two.Replace("round_robin", "round_robin\n    retry: { attempts: 1 }", StringComparison.Ordinal));
        proxy.ServerAt("10.0.0.1:80").Refusal = ProxyErrors.ConnectRefused;
        proxy.ServerAt("10.0.0.2:80").Refusal = ProxyErrors.ConnectRefused;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Counters.Total(Telemetry.Counting.Counter.Retries).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_request_of_which_a_part_was_written_is_not_taken_for_unsent()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "one");
        client.TakeResponse();
        Peer origin = proxy.Origin.Last;
        origin.Connection.OpenWindow(10);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        origin.Received.Length.ShouldBe(10);
        origin.Reset();
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_status_is_not_retried_on_a_server_that_is_not_well()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { on: [503] }", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        string other = proxy.ServersByName.Single(server => server.Value.Connections.Count == 0).Key;
        proxy.Upstream("app").Servers.Single(server => server.Name.Contains(other, StringComparison.Ordinal))
            .Health.Eject(proxy.Loop.NowMs, 1, new Pipeline.Health.PassiveHealthPolicy());
        first.Answer(proxy, "busy", "HTTP/1.1 503 Service Unavailable");
        client.TakeResponse().Body.ShouldBe("busy");
        proxy.Ended.Retries.ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_status_that_is_retried_goes_to_the_other_server()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { on: [503] }", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        OriginServer second = proxy.Servers.Single(server => server.Connections.Count == 0);
        first.Answer(proxy, "busy", "HTTP/1.1 503 Service Unavailable");
        client.ExpectNothing();
        second.Take();
        second.Answer(proxy, "fine");
        client.TakeResponse().Body.ShouldBe("fine");
        proxy.Ended.Retries.ShouldBe(1);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 0");
        OriginServer asked = proxy.Servers.Single(
            server => server.Connections.Any(origin => origin.Received.Contains("POST", StringComparison.Ordinal)));
        asked.Answer(proxy, "busy", "HTTP/1.1 503 Service Unavailable");
        client.TakeResponse().Body.ShouldBe("busy");
        proxy.AssertClean();
    }

    [Fact]
    public void A_try_that_takes_too_long_goes_to_the_other_server()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { on: [timeout], per_try_timeout: 2s }", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        OriginServer second = proxy.Servers.Single(server => server.Connections.Count == 0);
        proxy.Advance(2_500);
        first.Last.IsClosed.ShouldBeTrue();
        second.Take();
        second.Answer(proxy, "fine");
        client.TakeResponse().Body.ShouldBe("fine");
        proxy.AssertClean();
    }

    [Fact]
    public void A_try_includes_its_connect()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { on: [timeout], per_try_timeout: 500ms }", StringComparison.Ordinal));
        OriginServer silent = proxy.ServerAt("10.0.0.1:80");
        OriginServer good = proxy.ServerAt("10.0.0.2:80");
        silent.IsSilent = true;
        for (int i = 0; i < 2; i++)
        {
            Peer client = proxy.Connect();
            client.SendHead($"GET /{i} HTTP/1.1", "Host: a.test");
            for (int waitedMs = 0; good.Pool.ActiveCount == 0; waitedMs += 50)
            {
                waitedMs.ShouldBeLessThan(600);
                proxy.Advance(50, 50);
            }

            good.Take().StartLine.ShouldStartWith($"GET /{i} ");
            good.Answer(proxy, "fine");
            client.TakeResponse().Body.ShouldBe("fine");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void The_time_of_a_try_is_not_begun_anew_by_its_parts()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { attempts: 1, per_try_timeout: 1s }", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer asked = proxy.Servers.Single(server => server.Connections.Count == 1);
        for (int i = 0; i < 9; i++)
        {
            proxy.Advance(100, 50);
            asked.Last.SendHead("HTTP/1.1 103 Early Hints");
            proxy.Run();
            client.TakeResponse().Status.ShouldBe(103);
        }

        proxy.Advance(150, 50);
        client.TakeResponse().Status.ShouldBe(504);
        proxy.Ended.Error.ShouldBe("try_timeout");
        asked.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_try_that_takes_too_long_is_not_repeated_where_timeouts_are_not()
    {
        using Proxy proxy = new(Two.Replace(
            "balance: round_robin", "balance: round_robin\n    retry: { on: [connect, reset], per_try_timeout: 1s }", StringComparison.Ordinal));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Advance(1_100, 50);
        Message response = client.TakeResponse();
        response.Status.ShouldBe(504);
        response["Proxy-Status"]!.ShouldContain("http_response_timeout");
        proxy.Servers.Sum(server => server.Connections.Count).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_resets_ends_the_origins_work_at_once()
    {
        using Proxy proxy = new(Two);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        first.Take();
        client.Reset();
        client.IsClosed.ShouldBeTrue();
        first.Last.IsClosed.ShouldBeTrue();
        proxy.Servers.Sum(server => server.Connections.Count).ShouldBe(1);
        proxy.Ended.Error.ShouldBe("client_aborted");
        proxy.AssertClean();
    }

    private static (int Status, string Word) ErrorOf(ProxyError error)
    {
        using Proxy proxy = new();
        proxy.Origin.Refusal = error;
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Message response = client.TakeResponse();
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
        string status = response["Proxy-Status"]!.Replace(" ", "", StringComparison.Ordinal);
        status.ShouldStartWith("weir;error=");
        return (response.Status, status["weir;error=".Length..].Split(';')[0]);
    }

    private static Peer Warm(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse();
        return client;
    }

    private static void Break(Peer origin, bool isReset)
    {
        if (isReset)
        {
            origin.Reset();
        }
        else
        {
            origin.End();
        }
    }
}
