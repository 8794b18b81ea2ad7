using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Health;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves what checks ask, what they make of the answers, and how they begin, change and end.</summary>
public sealed class HealthCheckTests
{
    private const string First = "10.0.0.1:80";
    private const string Second = "10.0.0.2:80";
    private const int StepMs = 50;

    [Fact]
    public void A_check_asks_for_itself_on_a_connection_of_its_own()
    {
        using Proxy proxy = new(Config("path: /healthz?full"));
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Unknown);
        Server(proxy, First).IsUsable(proxy.Loop.NowMs).ShouldBeTrue();
        proxy.Advance(1_050, StepMs);
        OriginServer origin = proxy.ServerAt(First);
        origin.Connections.Count.ShouldBe(1);
        origin.Last.TakeAll().ShouldBe(
            "GET /healthz?full HTTP/1.1\r\nHost: 10.0.0.1:80\r\nUser-Agent: Weir/health\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        origin.Last.Answer(proxy, "fine");
        origin.Last.IsClosed.ShouldBeTrue();
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        Server(proxy, First).History.ToList().ShouldHaveSingleItem().Reason.ShouldBe("answered 200");
        proxy.Events.CountOf(OperatorEvents.ServerUp).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_of_HTTP2_is_asked_over_HTTP2()
    {
        using Proxy proxy = new(OfHttp2("path: /healthz"));
        proxy.Advance(1_050, StepMs);
        FramePeer origin = proxy.ServerAt(First).Frames(proxy);
        origin.TakeTexts().ShouldBe(
            ["HEADERS 1 end :method: GET|:scheme: http|:authority: 10.0.0.1:80|:path: /healthz|user-agent: Weir/health|accept: */*"]);
        origin.Answer(1, "fine");
        origin.IsClosed.ShouldBeTrue();
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("\0\0\0\0\u0002\u0008\u0001", "grpc-status=0", true, "answered SERVING")]
    [InlineData("\0\0\0\0\u0002\u0008\u0002", "grpc-status=0", false, "answered NOT_SERVING")]
    [InlineData("\0\0\0\0\u0002\u0008\u0003", "grpc-status=0", false, "answered SERVICE_UNKNOWN")]
    [InlineData("\0\0\0\0\0", "grpc-status=0", false, "answered UNKNOWN")]
    [InlineData("\0\0\0\0\u0002\u0008\u0001", "grpc-status=2", false, "answered grpc-status 2")]
    [InlineData("\0\0\0\0\u0002\u0008\u0001", "x=y", false, "answered without a grpc-status")]
    [InlineData("fine", "grpc-status=0", false, "the answer is no health message")]
    [InlineData(null, "grpc-status=5", false, "it does not know the service (grpc-status 5)")]
    [InlineData(null, "grpc-status=12", false, "it has no health service (grpc-status 12)")]
    public void A_gRPC_check_wants_SERVING(string? content, string trailers, bool isGood, string reason)
    {
        using Proxy proxy = new(OfHttp2("type: grpc, service: a.B, fall: 1"));
        proxy.Advance(1_050, StepMs);
        FramePeer origin = proxy.ServerAt(First).Frames(proxy);
        List<Http2Frame> asked = origin.TakeAll();
        asked[0].Fields.ShouldContain("content-type: application/grpc");
        asked[0].Fields.ShouldContain("te: trailers");
        asked[0].Fields.ShouldContain(":path: /grpc.health.v1.Health/Check");
        asked[0].Fields.ShouldContain("grpc-timeout: 1000m");
        asked[1].Text.ShouldBe("\0\0\0\0\u0005\n\u0003a.B");
        asked[^1].EndsStream.ShouldBeTrue();
        if (content is null)
        {
            origin.Head(1, ":status=200|content-type=application/grpc|" + trailers, ends: true);
        }
        else
        {
            origin.Head(1, ":status=200|content-type=application/grpc");
            origin.Data(1, content);
            origin.Head(1, trailers, ends: true);
        }

        origin.IsClosed.ShouldBeTrue();
        Server(proxy, First).IsFailingChecks.ShouldBe(!isGood);
        Server(proxy, First).History.ToList()[^1].Reason.ShouldStartWith(reason);
        proxy.AssertClean();
    }

    [Fact]
    public void Method_and_host_are_as_configured()
    {
        using Proxy proxy = new(Config("method: HEAD, host: app.internal"));
        proxy.Advance(1_050, StepMs);
        OriginServer origin = proxy.ServerAt(First);
        origin.Last.TakeAll().ShouldStartWith("HEAD / HTTP/1.1\r\nHost: app.internal\r\n");
        origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        proxy.Run();
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        proxy.AssertClean();
    }

    [Fact]
    public void Three_bad_answers_take_a_server_out_and_two_good_ones_bring_it_back()
    {
        using Proxy proxy = new(Config(""));
        ServerState server = Server(proxy, First);
        Pass(proxy, 8_000, "HTTP/1.1 503 Down");
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Failing);
        server.History.ToList()[^1].Reason.ShouldBe("answered 503 (3 checks in a row)");
        proxy.Events.CountOf(OperatorEvents.ServerDown).ShouldBe(1);
        ServersAsked(proxy, 6).ShouldBe([Second]);

        Pass(proxy, 6_000, "HTTP/1.1 200 OK");
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        server.History.ToList()[^1].Reason.ShouldBe("answered 200 (2 checks in a row)");
        proxy.Events.CountOf(OperatorEvents.ServerUp).ShouldBe(1);
        proxy.Events.CountOf(OperatorEvents.ServerDown).ShouldBe(1);
        ServersAsked(proxy, 6).ShouldBe([First, Second], ignoreOrder: true);
        proxy.Counters.Total(Counter.HealthChecksFailed).ShouldBeInRange(3, 5);
        proxy.Counters.Total(Counter.HealthChecksPassed).ShouldBeGreaterThan(6);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /", true)]
    [InlineData("HTTP/1.1 404 No", false)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 None", true)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade", false)]
    [InlineData("SSH-2.0-x", false)]
    public void A_status_from_200_to_399_is_good(string head, bool isGood)
    {
        using Proxy proxy = new(Config(""));
        Pass(proxy, 8_000, head);
        Server(proxy, First).IsFailingChecks.ShouldBe(!isGood);
        proxy.Run();
        proxy.AssertClean();
    }

    [Fact]
    public void Other_statuses_may_be_the_good_ones()
    {
        using Proxy proxy = new(Config("expect: { status: [404, \"500-503\"] }"));
        Pass(proxy, 8_000, "HTTP/1.1 503 Fine");
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        Server(proxy, Second).IsFailingChecks.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_body_without_the_expected_text_is_a_bad_answer()
    {
        using Proxy proxy = new(Config("expect: { body: \"~ ^ok\" }"));
        Pass(proxy, 8_000, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "1\r\nn\r\n4\r\not o\r\n1\r\nk\r\n0\r\n\r\n");
        Server(proxy, First).History.ToList()[^1].Reason.ShouldBe("answered 200 without the expected body (~ ^ok) (3 checks in a row)");
        Pass(proxy, 8_000, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "1\r\no\r\n1\r\nk\r\n0\r\n\r\n");
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        proxy.AssertClean();
    }

    [Fact]
    public void Only_the_beginning_of_a_body_is_looked_at()
    {
        using Proxy proxy = new(Config("expect: { body: ready }"));
        string long64 = new('x', 64 * 1024);
        Pass(proxy, 8_000, "HTTP/1.1 200 OK\r\nContent-Length: 1000000", long64 + "ready");
        Server(proxy, First).History.ToList()[^1].Reason.ShouldStartWith("answered 200 without the expected body");
        proxy.AssertClean();
    }

    [Fact]
    public void A_body_that_drips_ends_with_the_time_of_the_check()
    {
        using Proxy proxy = new(Config("expect: { body: ready }, fall: 1"));
        proxy.Advance(1_050, StepMs);
        OriginServer origin = proxy.ServerAt(First);
        origin.Last.TakeAll();
        origin.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        for (int i = 0; i < 22; i++)
        {
            origin.Last.Send("x");
            proxy.Advance(StepMs, StepMs);
        }

        origin.Connections[0].IsClosed.ShouldBeTrue();
        Server(proxy, First).History.ToList()[^1].Reason.ShouldBe("no whole answer within 1 s");
        proxy.AssertClean();
    }

    [Fact]
    public void Silence_and_refusal_are_named()
    {
        using Proxy proxy = new(Config(""));
        proxy.ServerAt(Second).Refusal = ProxyErrors.ConnectRefused;
        proxy.Advance(10_000, StepMs);
        Server(proxy, First).History.ToList()[^1].Reason.ShouldBe("no whole answer within 1 s (3 checks in a row)");
        Server(proxy, Second).History.ToList()[^1].Reason.ShouldBe("connection refused (3 checks in a row)");
        proxy.Counters.Total(Counter.OriginConnectionsFailed).ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_tcp_check_wants_a_connection_and_sends_nothing()
    {
        using Proxy proxy = new(Config("type: tcp"));
        proxy.ServerAt(Second).IsSilent = true;
        proxy.Advance(10_000, StepMs);
        OriginServer origin = proxy.ServerAt(First);
        origin.Connections.Count.ShouldBeInRange(4, 6);
        origin.Connections.ShouldAllBe(connection => connection.IsClosed && connection.Received.Length == 0);
        Server(proxy, First).History.ToList().ShouldHaveSingleItem().Reason.ShouldBe("connection accepted");
        Server(proxy, Second).History.ToList()[^1].Reason.ShouldBe("no connection within 1 s (3 checks in a row)");
        proxy.AssertClean();
    }

    [Fact]
    public void Questions_come_at_their_interval_a_tenth_more_or_less()
    {
        using Proxy proxy = new(Config("type: tcp, interval: 10s"));
        OriginServer origin = proxy.ServerAt(First);
        List<long> times = [];
        for (int i = 0; i < 10_000; i++)
        {
            proxy.Advance(20, 20);
            if (origin.Connections.Count > times.Count)
            {
                times.Add(proxy.Loop.NowMs);
            }
        }

        times.Count.ShouldBeInRange(18, 22);
        long[] between = [.. times.Skip(1).Zip(times, (later, earlier) => later - earlier)];
        between.ShouldAllBe(ms => ms >= 8_900 && ms <= 11_100);
        between.Distinct().Count().ShouldBeGreaterThan(3);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_is_down_by_hand_is_checked_all_the_same()
    {
        using Proxy proxy = new(Config(""));
        Server(proxy, First).SetAdminState(AdminState.Down, proxy.Loop.NowMs);
        Pass(proxy, 8_000, "HTTP/1.1 500 No");
        Server(proxy, First).IsFailingChecks.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_check_that_passes_ends_the_time_aside()
    {
        using Proxy proxy = new(Config(""));
        ServerState server = Server(proxy, First);
        Pass(proxy, 2_000, "HTTP/1.1 200 OK");
        server.Health.Eject(proxy.Loop.NowMs, 1, new PassiveHealthPolicy());
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Ejected);
        Pass(proxy, 2_500, "HTTP/1.1 200 OK");
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        server.History.ToList()[^1].Reason.ShouldBe("answered 200; it was set aside before");
        proxy.AssertClean();
    }

    [Fact]
    public void The_end_of_the_time_aside_is_noted()
    {
        using Proxy proxy = new(Config(null));
        proxy.ServerAt(First).Refusal = ProxyErrors.ConnectRefused;
        ServersAsked(proxy, 12).ShouldBe([Second]);
        ServerState server = Server(proxy, First);
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Ejected);
        server.History.ToList().ShouldHaveSingleItem().Reason.ShouldBe(
            "set aside for 30 s: 5 of its last 5 tries failed; last: connect refused");
        proxy.Events.CountOf(OperatorEvents.ServerEjected).ShouldBe(1);
        proxy.Advance(31_000);
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        server.History.ToList()[^1].Reason.ShouldBe("its time aside is over");
        proxy.Events.CountOf(OperatorEvents.ServerUp).ShouldBe(1);
        proxy.AssertClean();
    }

    [Fact]
    public void The_same_checks_again_change_nothing()
    {
        using Proxy proxy = new(Config(""));
        Pass(proxy, 3_400, "HTTP/1.1 500 No");
        Server(proxy, First).IsFailingChecks.ShouldBeFalse();
        UpstreamState upstream = proxy.Upstream("app");
        upstream.Reconfigure(upstream.Policy with { Checks = upstream.Policy.Checks! with { } }, upstream.Balancer);
        proxy.Probers.Follow(upstream);

        // Two bad answers came before, one comes after: the count goes on.
        Pass(proxy, 2_300, "HTTP/1.1 500 No");
        Server(proxy, First).IsFailingChecks.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Other_checks_keep_the_health_and_count_anew()
    {
        using Proxy proxy = new(Config(""));
        Pass(proxy, 8_000, "HTTP/1.1 500 No");
        UpstreamState upstream = proxy.Upstream("app");
        Follow(proxy, upstream.Policy with { Checks = upstream.Policy.Checks! with { Path = "/other", Rise = 1 } });
        Server(proxy, First).IsFailingChecks.ShouldBeTrue();
        proxy.Advance(1_050, StepMs);
        proxy.ServerAt(First).Last.TakeAll().ShouldStartWith("GET /other HTTP/1.1\r\n");
        proxy.ServerAt(First).Last.Answer(proxy, "");
        Server(proxy, First).IsFailingChecks.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void Without_checks_nothing_fails_them()
    {
        using Proxy proxy = new(Config(""));
        Pass(proxy, 8_000, "HTTP/1.1 500 No");
        Follow(proxy, proxy.Upstream("app").Policy with { Checks = null });
        proxy.Run();
        ServerState server = Server(proxy, First);
        server.HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        server.History.ToList()[^1].Reason.ShouldBe("it is not checked any more");
        int connections = proxy.ServerAt(First).Connections.Count;
        proxy.Advance(10_000);
        proxy.ServerAt(First).Connections.Count.ShouldBe(connections);
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_is_gone_is_asked_no_more_and_is_remembered_when_it_comes_back()
    {
        using Proxy proxy = new(Config(""));
        Pass(proxy, 8_000, "HTTP/1.1 500 No");
        UpstreamState upstream = proxy.Upstream("app");
        IReadOnlyList<ServerState> both = upstream.Servers;
        upstream.ReplaceServers([both[1]]);
        proxy.Probers.Follow(upstream);
        proxy.Run();
        int connections = proxy.ServerAt(First).Connections.Count;
        proxy.Advance(10_000);
        proxy.ServerAt(First).Connections.Count.ShouldBe(connections);
        upstream.ReplaceServers(both);
        proxy.Probers.Follow(upstream);
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Failing);
        Pass(proxy, 5_000, "HTTP/1.1 200 OK");
        Server(proxy, First).HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
        proxy.AssertClean();
    }

    [Fact]
    public void A_verdict_that_comes_after_the_end_is_not_taken()
    {
        using Proxy proxy = new(Config("fall: 1"));
        proxy.Advance(1_050, StepMs);
        proxy.ServerAt(First).Last.TakeAll().ShouldNotBeEmpty();
        proxy.Probers.Forget(proxy.Upstream("app"));
        proxy.Run();
        proxy.ServerAt(First).Last.IsClosed.ShouldBeTrue();
        Server(proxy, First).IsFailingChecks.ShouldBeFalse();
        proxy.AssertClean();
    }

    private static string Config(string? checks) => $$"""
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            balance: round_robin
            {{(checks is null ? "" : $"health: {{ active: {{ {checks} }} }}")}}
        sites:
          "*": { routes: [{ to: app }] }
        """;

    private static string OfHttp2(string checks) => $$"""
        listen: [":8080"]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }], health: { active: { {{checks}} } } }
        sites: { "*": app }
        """;

    private static ServerState Server(Proxy proxy, string name) => proxy.Upstream("app").Servers.Single(server => server.Name == name);

    private static void Follow(Proxy proxy, ForwardPolicy policy)
    {
        UpstreamState upstream = proxy.Upstream("app");
        upstream.Reconfigure(policy, upstream.Balancer);
        proxy.Probers.Follow(upstream);
    }

    // Time passes; the first server answers each check so, the second one with 200.
    private static void Pass(Proxy proxy, int ms, string head, string content = "")
    {
        for (int passed = 0; passed < ms; passed += StepMs)
        {
            proxy.Advance(StepMs, StepMs);
            Answer(proxy, First, head, content);
            Answer(proxy, Second, "HTTP/1.1 200 OK", "ok");
        }
    }

    private static void Answer(Proxy proxy, string name, string head, string content)
    {
        OriginServer origin = proxy.ServerAt(name);
        if (origin.Connections.Count > 0 && !origin.Last.IsClosed && origin.Last.TryTake(isResponse: false, isHead: false, out _))
        {
            origin.Last.Answer(proxy, content, head.Split("\r\n"));
        }
    }

    // Which servers serve so many requests of one client.
    private static string[] ServersAsked(Proxy proxy, int requests)
    {
        HashSet<string> asked = [];
        Peer client = proxy.Connect();
        for (int i = 0; i < requests; i++)
        {
            client.SendHead("GET /page HTTP/1.1", "Host: a.test");
            foreach (string name in new[] { First, Second })
            {
                // A pooled connection may be older than those of checks.
                Peer? origin = proxy.ServerAt(name).Connections
                    .FirstOrDefault(connection => !connection.IsClosed && connection.TryTake(isResponse: false, isHead: false, out _));
                if (origin is not null)
                {
                    asked.Add(name);
                    origin.Answer(proxy, "page");
                }
            }

            client.TakeResponse().Status.ShouldBe(200);
        }

        return [.. asked];
    }
}
