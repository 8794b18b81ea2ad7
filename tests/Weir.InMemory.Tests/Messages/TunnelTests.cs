using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves the protocol switch and the tunnel behind it (RFC 9110 section 7.8).</summary>
public sealed class TunnelTests
{
    private static readonly string[] _ask =
        ["GET /chat HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    private static readonly string[] _accept = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"];

    [Fact]
    public void Octets_right_behind_the_handshake_survive_on_both_sides()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.Send(string.Join("\r\n", _ask) + "\r\n\r\nearly");
        Message request = proxy.Origin.Take();
        request["Upgrade"].ShouldBe("websocket");
        request["Connection"]!.ToLowerInvariant().ShouldBe("upgrade");
        proxy.Origin.Last.ExpectNothing();
        proxy.Origin.Last.Send(string.Join("\r\n", _accept) + "\r\n\r\nhello");
        proxy.Run();
        Message response = client.TakeResponse();
        response.Status.ShouldBe(101);
        response["Upgrade"].ShouldBe("websocket");
        response["Connection"]!.ToLowerInvariant().ShouldBe("upgrade");
        client.TakeAll().ShouldBe("hello");
        proxy.Origin.Last.TakeAll().ShouldBe("early");
        client.Send("ping");
        proxy.Origin.Last.TakeAll().ShouldBe("ping");
        proxy.Origin.Last.Send("pong");
        proxy.Run();
        client.TakeAll().ShouldBe("pong");
        proxy.BuffersRented.ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void Each_direction_ends_by_itself_and_octets_are_counted()
    {
        using Proxy proxy = new();
        Peer client = Open(proxy);
        client.Send("12345");
        client.End();
        proxy.Origin.Last.IsEnded.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeFalse();
        proxy.Origin.Last.Send("abc");
        proxy.Run();
        client.TakeAll().ShouldBe("abc");
        client.IsEnded.ShouldBeFalse();
        proxy.Origin.Last.End();
        proxy.Run();
        client.IsClosed.ShouldBeTrue();
        client.WasReset.ShouldBeFalse();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.ReceivedOctets.ShouldBe(5);
        proxy.Ended.SentBodyOctets.ShouldBe(3);
        proxy.Ended.EndedBy.ShouldBe(Fault.None);
        proxy.AssertClean();
    }

    [Fact]
    public void An_idle_tunnel_ends_after_its_time()
    {
        using Proxy proxy = new(Proxy.Simple + "\ntunnels: { idle: 30s, lifetime: 1h }");
        Peer client = Open(proxy);
        for (int i = 0; i < 3; i++)
        {
            proxy.Advance(25_000);
            client.Send("x");
        }

        client.IsClosed.ShouldBeFalse();
        proxy.Advance(32_000);
        client.IsClosed.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("tunnel_idle");
        proxy.AssertClean();
    }

    [Fact]
    public void A_busy_tunnel_ends_with_its_lifetime()
    {
        using Proxy proxy = new(Proxy.Simple + "\ntunnels: { idle: 30s, lifetime: 60s }");
        Peer client = Open(proxy);
        for (int i = 0; i < 7; i++)
        {
            proxy.Advance(10_000);
            client.Send("x");
        }

        client.IsClosed.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.Ended.Error.ShouldBe("tunnel_lifetime");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_of_one_side_ends_the_other(bool isClient)
    {
        using Proxy proxy = new();
        Peer client = Open(proxy);
        (isClient ? client : proxy.Origin.Last).Reset();
        proxy.Run();
        client.IsClosed.ShouldBeTrue();
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_switch_that_nobody_asked_for_is_a_502()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead(_accept);
        proxy.Run();
        Message response = client.TakeResponse();
        response.Status.ShouldBe(502);
        response["Proxy-Status"]!.ShouldContain("http_upgrade_failed");
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_switch_to_another_protocol_is_a_502()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(_ask);
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: h2c");
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(502);
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_refused_switch_is_an_ordinary_answer()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead(_ask);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "no", "HTTP/1.1 426 Upgrade Required", "Upgrade: websocket", "Connection: Upgrade");
        Message response = client.TakeResponse();
        response.Status.ShouldBe(426);
        response["Upgrade"].ShouldBe("websocket");
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "yes");
        client.TakeResponse().Body.ShouldBe("yes");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("Upgrade: h2c", "Connection: Upgrade")]
    [InlineData("Upgrade: websocket", "X: y")]
    public void An_unknown_or_unnominated_protocol_is_ignored(string upgrade, string connection)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", upgrade, connection);
        proxy.Origin.Take()["Upgrade"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "plain");
        client.TakeResponse().Body.ShouldBe("plain");
        proxy.AssertClean();
    }

    private static Peer Open(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead(_ask);
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead(_accept);
        proxy.Run();
        client.TakeResponse().Status.ShouldBe(101);
        return client;
    }
}
