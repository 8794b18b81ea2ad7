using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Hosting;
using Weir.Machine;
using Weir.Modules;
using Weir.Net.Sockets;
using Weir.Telemetry.Events;
using SocketAddress = Weir.Net.Sockets.SocketAddress;

namespace Weir.Tests.Machine;

public sealed class HeldSocketsTests
{
    [Fact]
    public async Task One_inherited_socket_serves_several_loops()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(64);
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        InheritedSocket.TryTake((int)socket.Handle, out SocketAddress address).ShouldBeTrue();
        address.ToString().ShouldBe($"127.0.0.1:{port}");

        // The listener closes its own; this test closes the original.
        HeldSockets.OfProcess.Hold(new HeldSocket("test", address, address, [Listener.Duplicate((int)socket.Handle)]));
        ConfigResult read = ConfigReader.ReadText(
            $"listen: [\"127.0.0.1:{port}\"]\nadmin: off\nlog: {{ access: off }}\nprocess: {{ loops: 3 }}\n"
            + "sites: { \"*\": { stack: [{ respond: { body: hello } }] } }\n",
            "weir.yaml",
            new StandardModules());
        List<ConfigError> errors = [];
        await using WeirHost? host = await WeirHost.StartAsync(
            read.Config.ShouldNotBeNull(), new StandardModules(), WeirLog.Silent, errors);
        errors.ShouldBeEmpty();
        host.ShouldNotBeNull().Addresses.ShouldBe([$"127.0.0.1:{port}"]);

        for (int i = 0; i < 24; i++)
        {
            using HttpClient client = new();
            (await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"))).ShouldBe("hello");
        }
    }

    [Fact]
    public void A_socket_is_given_away_once_and_only_for_its_address()
    {
        HeldSockets held = new();
        SocketAddress address = SocketAddress.Any(8080);
        held.Hold(new HeldSocket("web", address, address, [-1]));

        held.Take(SocketAddress.Any(8081)).ShouldBeNull();
        held.Take(SocketAddress.Unix("/run/weir.sock")).ShouldBeNull();
        held.Take(SocketAddress.Any(8080)).ShouldNotBeNull().Name.ShouldBe("web");
        held.Take(SocketAddress.Any(8080)).ShouldBeNull();
    }

    [Fact]
    public void A_unix_socket_is_known_by_its_path()
    {
        string path = Path.Combine(Path.GetTempPath(), $"weir-{Guid.NewGuid():N}.sock");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();

        InheritedSocket.TryTake((int)socket.Handle, out SocketAddress address).ShouldBeTrue();

        address.ToString().ShouldBe("unix:" + path);
        File.Delete(path);
    }

    [Fact]
    public void All_addresses_of_the_machine_are_known_as_one()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.DualMode = true;
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        socket.Listen();

        InheritedSocket.TryTake((int)socket.Handle, out SocketAddress address).ShouldBeTrue();

        address.ToString().ShouldBe($":{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }

    [Fact]
    public void What_does_not_listen_is_left_alone()
    {
        using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        InheritedSocket.TryTake((int)datagrams.Handle, out _).ShouldBeFalse();
        InheritedSocket.TryTake((int)silent.Handle, out _).ShouldBeFalse();
        InheritedSocket.TryTake(-1, out _).ShouldBeFalse();
    }
}
