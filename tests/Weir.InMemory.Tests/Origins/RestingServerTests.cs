using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Balancing;

namespace Weir.InMemory.Tests.Origins;

/// <summary>
/// Proves that the connections to a server that an operator takes out of service fall to nothing, and that no exchange notices.
/// </summary>
public sealed class RestingServerTests
{
    private const string OneServer = """
        listen: [":8080"]
        upstreams: { app: { servers: ["http://10.0.0.1:80"] } }
        sites: { "*": app }
        """;

    [Theory]
    [InlineData(AdminState.Drain)]
    [InlineData(AdminState.Down)]
    public void A_connection_without_work_is_closed(AdminState state)
    {
        using Proxy proxy = new(OneServer);
        Peer client = Ask(proxy);
        proxy.Origin.Last.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        proxy.Origin.Last.IsClosed.ShouldBeFalse();

        Server(proxy).SetAdminState(state, proxy.Loop.NowMs);
        proxy.Run();

        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_connection_at_work_ends_with_its_exchange()
    {
        using Proxy proxy = new(OneServer);
        Peer client = Ask(proxy);
        Server(proxy).SetAdminState(AdminState.Drain, proxy.Loop.NowMs);
        proxy.Run();
        proxy.Origin.Last.IsClosed.ShouldBeFalse();

        proxy.Origin.Last.Answer(proxy, "x");

        client.TakeResponse().Body.ShouldBe("x");
        proxy.Origin.Last.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_server_that_is_ready_again_keeps_its_connections()
    {
        using Proxy proxy = new(OneServer);
        Server(proxy).SetAdminState(AdminState.Drain, proxy.Loop.NowMs);
        Server(proxy).SetAdminState(AdminState.Ready, proxy.Loop.NowMs);
        proxy.Run();
        Peer client = Ask(proxy);

        proxy.Origin.Last.Answer(proxy, "x");

        client.TakeResponse().Body.ShouldBe("x");
        proxy.Origin.Last.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    private static ServerState Server(Proxy proxy) => proxy.Upstream("app").Servers[0];

    private static Peer Ask(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        return client;
    }
}
