using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Net.Sockets;
using SocketAddress = Weir.Net.Sockets.SocketAddress;

namespace Weir.Net.Tests.Testing;

/// <summary>A connection of the loop and the platform's socket at its other end, through loopback TCP.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair(TestLoop test, int? receiveBufferOctets = null)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBufferOctets is { } octets)
        {
            listener.ReceiveBufferSize = octets;
        }

        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        SocketAddress address = SocketAddress.Of(IpAddress.From(IPAddress.Loopback), port);
        SocketConnection? connection = SocketConnection.Connect(
            test.Loop, address, 10_000, out ValueTask<WriteStatus> connected, out int error);
        error.ShouldBe(0);
        Connection = connection.ShouldNotBeNull();
        test.Result(connected).ShouldBe(WriteStatus.Done);
        Peer = listener.Accept();
        Peer.NoDelay = true;
        Peer.ReceiveTimeout = 10_000;
        Peer.SendTimeout = 10_000;
    }

    public SocketConnection Connection { get; }

    public Socket Peer { get; }

    /// <summary>Everything until the end of the stream.</summary>
    public byte[] ReadToEnd(TestLoop test)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            test.TurnUntil(() => Peer.Poll(0, SelectMode.SelectRead));
            int count = Peer.Receive(buffer);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, count);
        }
    }

    public void Dispose()
    {
        Connection.Close();
        Peer.Dispose();
        Connection.Loop.RunUntilIdle();
    }
}
