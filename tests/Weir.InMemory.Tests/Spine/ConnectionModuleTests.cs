using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;
using Weir.Net.Sockets;
using Weir.Server.Listening;

namespace Weir.InMemory.Tests.Spine;

/// <summary>Proves what becomes of a connection whose module fails.</summary>
public sealed class ConnectionModuleTests
{
    [Fact]
    public void A_module_that_throws_costs_its_own_connection_and_nothing_else()
    {
        using Proxy proxy = new();
        ListenerOptions options = new() { Name = ":8081", Modules = [new Thrower()] };
        Acceptor acceptor = new(proxy.Server, proxy.Gate, options, SocketAddress.Of(IpAddress.FromIPv4(0x7F000001), 8081), null);
        MemoryConnection connection = new(proxy.Loop);
        acceptor.Serve(connection, IpAddress.FromIPv4(0xC0000201), 40_000);
        connection.WasReset.ShouldBeTrue();
        proxy.Server.ConnectionCount.ShouldBe(0);
        proxy.BuffersRented.ShouldBe(0);
    }

    private sealed class Thrower : IConnectionModule
    {
        public Verdict OnConnected(in ConnectionInfo connection) => throw new InvalidOperationException("a defect");

        public Verdict OnClientHello(in ClientHello hello) => Verdict.Continue;
    }
}
