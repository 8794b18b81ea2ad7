using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Machine;
using Weir.Net.Sockets;
using Weir.Server.Listening;
using Weir.Telemetry.Events;
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

    /// <summary>Whether somebody else holds the socket too, and hands it to whoever comes next.</summary>
    public bool IsInherited { get; private init; }

    /// <summary>How the loops share the connections; null with one loop.</summary>
    public LoopBalance? Balance { get; private set; }

    /// <summary>Binds an address for each loop; null with the reason when it cannot be.</summary>
    /// <param name="config">The address.</param>
    /// <param name="loops">How many loops there are.</param>
    /// <param name="reason">Why it cannot be bound.</param>
    /// <param name="leaving">The ports of this process's own listeners that are about to close.</param>
    public static BoundListener? TryBind(ListenerConfig config, int loops, out string reason, IReadOnlyCollection<int>? leaving = null)
    {
        reason = "";
        SocketAddress wanted = AddressOf(config.Address);
        if (HeldSockets.OfProcess.Take(wanted) is { } held)
        {
            return Adopt(config, held, loops, out reason);
        }

        bool isOurs = !wanted.IsUnix && leaving?.Contains(wanted.Port) == true;
        if (!config.ReusePort && !isOurs && IsTaken(wanted))
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

    /// <summary>
    /// Binds every listener of a configuration now, for the ones that will ask later. False after errors, which are in the list.
    /// </summary>
    public static bool TryHold(WeirConfig config, WeirLog log, List<ConfigError> errors)
    {
        foreach (ListenerConfig listener in config.Listen)
        {
            if (TryBind(listener, config.Process.Loops ?? MachineLimits.Cores, out string reason) is not { } bound)
            {
                errors.Add(Failure(listener, reason, log));
                return false;
            }

            HeldSockets.OfProcess.Hold(
                new HeldSocket(listener.Address.ToString(), AddressOf(listener.Address), bound.Address, bound.Descriptors));
        }

        return true;
    }

    /// <summary>Tells of a listener that could not be bound.</summary>
    public static ConfigError Failure(ListenerConfig listener, string reason, WeirLog log)
    {
        log.Write(OperatorEvents.ListenFailed, listener.Address.ToString(), reason);
        return new ConfigError(
            listener.Position.File, listener.Position.Line, listener.Position.Column,
            $"Weir cannot listen on {listener.Address}: {reason}.", "Choose another address, or end what holds this one.");
    }

    // One socket that came from outside serves all loops by duplicates, as a unix socket does: a second socket of our own beside it would
    // be refused, or would share its clients with whoever else holds the first.
    private static BoundListener? Adopt(ListenerConfig config, HeldSocket held, int loops, out string reason)
    {
        reason = "";
        List<int> descriptors = [.. held.Descriptors];
        while (descriptors.Count < loops)
        {
            int fd = Listener.Duplicate(held.Descriptors[0]);
            if (fd < 0)
            {
                reason = "its inherited socket cannot be duplicated";
                descriptors.ForEach(Listener.CloseDescriptor);
                return null;
            }

            descriptors.Add(fd);
        }

        return new BoundListener(config, held.Bound, descriptors)
        {
            Balance = loops > 1 ? new LoopBalance(loops) : null,
            IsInherited = held.IsInherited,
        };
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
