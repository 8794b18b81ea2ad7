using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Health;
using Weir.Telemetry.Counting;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Servers with which TLS agrees on a version of HTTP, for each connection anew.</summary>
public sealed class AgreedVersionTests
{
    private const string Yaml = """
        upstreams:
          app: { servers: ["https://10.0.0.1:443"] }
        sites:
          "*": app
        """;

    [Fact]
    public void Requests_that_come_at_once_share_the_first_connection_where_it_is_HTTP_2()
    {
        Talk((proxy, server) =>
        {
            server.SpeaksHttp2 = true;
            Peer[] clients = AskAtOnce(proxy, 5);
            FramePeer origin = server.Frames(proxy);
            origin.TakeTexts().ShouldAllBe(frame => frame.StartsWith("HEADERS ", StringComparison.Ordinal));
            for (int i = 0; i < clients.Length; i++)
            {
                origin.Answer((i * 2) + 1, "two");
                clients[i].TakeResponse().Body.ShouldBe("two");
            }

            server.Connections.Count.ShouldBe(1);
        });
    }

    [Fact]
    public void No_connection_is_made_in_vain_where_it_is_HTTP_1_1()
    {
        Talk((proxy, server) =>
        {
            Peer[] clients = AskAtOnce(proxy, 5);
            server.Connections.Count.ShouldBe(5);
            AnswerAll(proxy, server);
            clients.ShouldAllBe(client => client.TakeResponse().Body == "one");
            AskAtOnce(proxy, 5);
            server.Connections.Count.ShouldBe(5);
            AnswerAll(proxy, server);
            proxy.Counters.Total(Counter.OriginConnectionsReused).ShouldBe(5);
        });
    }

    [Fact]
    public void A_server_may_change_its_mind_in_both_directions()
    {
        Talk((proxy, server) =>
        {
            Peer first = AskAtOnce(proxy, 1)[0];
            AnswerAll(proxy, server);
            first.TakeResponse().Body.ShouldBe("one");

            // It was restarted and speaks HTTP/2: the connection that shows it is used.
            server.Last.End();
            server.SpeaksHttp2 = true;
            Peer[] second = AskAtOnce(proxy, 2);
            proxy.Run();
            foreach (int index in Enumerable.Range(1, server.Connections.Count - 1))
            {
                FramePeer frames = server.Frames(proxy, index);
                frames.TakeAll().ForEach(head => frames.Answer(head.Stream, "two"));
            }

            second.ShouldAllBe(client => client.TakeResponse().Body == "two");
            int made = server.Connections.Count;
            Peer third = AskAtOnce(proxy, 1)[0];
            server.Connections.Count.ShouldBe(made);
            foreach (int index in Enumerable.Range(1, made - 1))
            {
                FramePeer frames = server.Frames(proxy, index);
                frames.TakeAll().ForEach(head => frames.Answer(head.Stream, "three"));
                frames.End();
            }

            third.TakeResponse().Body.ShouldBe("three");

            // And back again.
            server.SpeaksHttp2 = false;
            Peer fourth = AskAtOnce(proxy, 1)[0];
            server.Connections.Count.ShouldBe(made + 1);
            server.Last.Answer(proxy, "one");
            fourth.TakeResponse().Body.ShouldBe("one");
        });
    }

    [Fact]
    public void A_WebSocket_takes_HTTP_1_1_where_HTTP_2_has_none()
    {
        Talk((proxy, server) =>
        {
            server.SpeaksHttp2 = true;
            Peer client = proxy.Connect();
            client.SendHead(
                "GET / HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            server.Connections.Count.ShouldBe(2);
            server.Last.SendSwitch("hello");
            proxy.Run();
            client.Received.ShouldStartWith("HTTP/1.1 101 ");
            client.Received.ShouldEndWith("hello");
        });
    }

    [Fact]
    public void A_connection_whose_client_has_gone_is_kept_for_the_next()
    {
        Talk((proxy, server) =>
        {
            server.DelayMs = 100;
            AskAtOnce(proxy, 1)[0].Reset();
            proxy.Advance(500);
            server.Connections.Count.ShouldBe(1);
            Peer patient = AskAtOnce(proxy, 1)[0];
            server.Connections.Count.ShouldBe(1);
            AnswerAll(proxy, server);
            patient.TakeResponse().Body.ShouldBe("one");
        });
    }

    [Fact]
    public void Checks_ask_in_the_version_that_is_agreed_on()
    {
        Talk(
            (proxy, server) =>
            {
                UntilConnected(proxy, server, 1);
                server.Frames(proxy).TakeTexts()[0].ShouldContain(":path: /health");
                server.Frames(proxy).Answer(1, "");
                proxy.OnlyUpstream.Servers[0].HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
                server.SpeaksHttp2 = false;
                UntilConnected(proxy, server, 2);
                server.Last.TakeRequest().StartLine.ShouldContain("/health");
                server.Last.Answer(proxy, "");
                proxy.OnlyUpstream.Servers[0].HealthAt(proxy.Loop.NowMs).ShouldBe(ServerHealth.Healthy);
            },
            """
            upstreams:
              app: { servers: ["https://10.0.0.1:443"], health: { active: { path: /health, interval: 2s } } }
            sites:
              "*": app
            """,
            speaksHttp2: true);
    }

    private static Peer[] AskAtOnce(Proxy proxy, int count)
    {
        Peer[] clients = [.. Enumerable.Range(0, count).Select(_ => proxy.Connect())];
        foreach (Peer client in clients)
        {
            client.Connection.PeerSend("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8);
        }

        proxy.Run();
        return clients;
    }

    private static void UntilConnected(Proxy proxy, OriginServer server, int count)
    {
        for (int i = 0; i < 100 && server.Connections.Count < count; i++)
        {
            proxy.Advance(50, 50);
        }
    }

    private static void AnswerAll(Proxy proxy, OriginServer server)
    {
        foreach (Peer connection in server.Connections)
        {
            connection.TakeRequest();
            connection.Answer(proxy, "one");
        }
    }

    private static void Talk(Action<Proxy, OriginServer> test, string yaml = Yaml, bool speaksHttp2 = false)
    {
        using Proxy proxy = new("listen: [\":8080\"]\n" + yaml);
        OriginServer server = proxy.ServerAt("10.0.0.1:443");
        server.SpeaksHttp2 = speaksHttp2;
        test(proxy, server);
        proxy.AssertClean();
    }
}
