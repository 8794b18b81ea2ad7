using System.Net;
using System.Net.Sockets;
using Weir.Config.Model;
using Weir.Net.Sockets;
using Weir.Server.Listening;
using SocketAddress = Weir.Net.Sockets.SocketAddress;

namespace Weir.Hosting;

/// <summary>A listening address, bound: one descriptor for each loop, not accepting yet.</summary>
internal sealed class BoundListener
{
    private const int Backlog = 4096;

    private BoundListener(ListenerConfig config, SocketAddress address, IReadOnlyList<int> descriptors)
    {
        Config = config;
        Address = address;
        Descriptors = descriptors;
    }

    public ListenerConfig Config { get; }

    /// <summary>The address with the port that the kernel chose where 0 was asked for.</summary>
    public SocketAddress Address { get; }

    public IReadOnlyList<int> Descriptors { get; }

    /// <summary>How the loops share the connections; null with one loop.</summary>
    public LoopBalance? Balance { get; private set; }

    /// <summary>Binds an address for each loop; null with the reason when it cannot be.</summary>
    public static BoundListener? TryBind(ListenerConfig config, int loops, out string reason)
    {
        reason = "";
        SocketAddress wanted = AddressOf(config.Address);
        if (!config.ReusePort && IsTaken(wanted))
        {
            reason = "the address is in use";
            return null;
        }

        int first = Listener.Bind(wanted, Backlog, out SocketAddress bound);
        if (first == -97 && wanted.IsAny)
        {
            // A machine without IPv6: all its addresses are IPv4's.
            wanted = SocketAddress.Of(Abstractions.Exchanges.IpAddress.FromIPv4(0), wanted.Port);
            first = Listener.Bind(wanted, Backlog, out bound);
        }

        List<int> descriptors = [];
        for (int i = 0; i < loops; i++)
        {
            int fd = i == 0 ? first : wanted.IsUnix ? Listener.Duplicate(first) : Listener.Bind(bound, Backlog, out _);
            if (fd < 0)
            {
                reason = Listener.Describe(-fd);
                descriptors.ForEach(Listener.CloseDescriptor);
                return null;
            }

            descriptors.Add(fd);
        }

        return new BoundListener(config, bound, descriptors) { Balance = loops > 1 ? new LoopBalance(loops) : null };
    }

    // Every loop binds with SO_REUSEPORT. With nothing more than that, a second Weir on the same address would start without a word and
    // take part of the first one's clients. A socket without the option is refused there.
    private static bool IsTaken(SocketAddress wanted)
    {
        if (wanted.IsUnix || wanted.Port == 0)
        {
            return false;
        }

        IPAddress address = wanted.IsAny ? IPAddress.IPv6Any : wanted.Address.ToIPAddress();
        try
        {
            using Socket probe = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (wanted.IsAny)
            {
                probe.DualMode = true;
            }

            probe.Bind(new IPEndPoint(address, wanted.Port));
            return false;
        }
        catch (SocketException exception)
        {
            // Whatever else is wrong with the address is told by the bind that counts.
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    private static SocketAddress AddressOf(ListenAddress address) => address switch
    {
        { UnixPath: { } path } => SocketAddress.Unix(path),
        { Ip: { } ip } => SocketAddress.Of(ip, address.Port),
        _ => SocketAddress.Any(address.Port),
    };
}
