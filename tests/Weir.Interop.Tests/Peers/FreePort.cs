using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Interop.Tests.Peers;

/// <summary>
/// Ports for programs that have to be told one. They lie below those that the kernel gives to whoever asks for none, and
/// each is leased to this process until it ends: nobody takes it between the choice and the bind.
/// </summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int Behind = 32_000;

    // A name in the abstract namespace (unix(7)) goes with the process that holds it, however that ends.
    private static readonly List<Socket> _leases = [];

    /// <summary>A TCP and UDP port on which nobody listens.</summary>
    public static int Lease()
    {
        int start = Random.Shared.Next(Behind - First);
        for (int i = 0; i < Behind - First; i++)
        {
            int port = First + ((start + i) % (Behind - First));
            if (TryLease(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No port from {First} to {Behind - 1} is free.");
    }

    private static bool TryLease(int port)
    {
        Socket lease = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (TryBind(lease, new UnixDomainSocketEndPoint("\0weir-test-port-" + port.ToString(CultureInfo.InvariantCulture))))
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            if (TryBind(tcp, new IPEndPoint(IPAddress.Any, port)) && TryBind(udp, new IPEndPoint(IPAddress.Any, port)))
            {
                lock (_leases)
                {
                    _leases.Add(lease);
                }

                return true;
            }
        }

        lease.Dispose();
        return false;
    }

    private static bool TryBind(Socket socket, EndPoint address)
    {
        try
        {
            socket.Bind(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
