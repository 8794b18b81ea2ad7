using System.Globalization;
using Weir.Net.Sockets;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>
/// Listening sockets that are there before the listeners that use them: left open by whoever started the process (socket activation), or
/// bound while it was still root. Guarded by its lock.
/// </summary>
public sealed class HeldSockets
{
    // sd_listen_fds(3): they are numbered from here.
    private const int FirstDescriptor = 3;
    private const int MostDescriptors = 1024;

    private readonly Lock _lock = new();
    private readonly List<HeldSocket> _sockets = [];

    /// <summary>The sockets of this process; what it was started with is there once.</summary>
    public static HeldSockets OfProcess { get; } = new();

    /// <summary>
    /// Takes over what LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES tell of, and unsets the three, so that no child believes them.
    /// </summary>
    public void Inherit(WeirLog log)
    {
        string? process = Environment.GetEnvironmentVariable("LISTEN_PID");
        string? count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        foreach (string variable in new[] { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" })
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        // A variable that was meant for the parent must not make this process take descriptors of its own for sockets.
        if (process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptors))
        {
            return;
        }

        for (int i = 0; i < Math.Min(descriptors, MostDescriptors); i++)
        {
            string name = i < names.Length && names[i].Length > 0 ? names[i] : $"descriptor {FirstDescriptor + i}";
            if (InheritedSocket.TryTake(FirstDescriptor + i, out SocketAddress address))
            {
                Hold(new HeldSocket(name, address, address, [FirstDescriptor + i]) { IsInherited = true });
                continue;
            }

            log.Write(OperatorEvents.SocketUnusable, name);
        }
    }

    /// <summary>Closes what no listener took, and says so.</summary>
    public void CloseRest(WeirLog log)
    {
        HeldSocket[] rest;
        lock (_lock)
        {
            rest = [.. _sockets];
            _sockets.Clear();
        }

        foreach (HeldSocket socket in rest)
        {
            log.Write(OperatorEvents.SocketUnused, socket.Name, socket.Bound.ToString());
            foreach (int descriptor in socket.Descriptors)
            {
                Descriptors.Close(descriptor);
            }
        }
    }

    internal void Hold(HeldSocket socket)
    {
        lock (_lock)
        {
            _sockets.Add(socket);
        }
    }

    /// <summary>Gives a socket for an address away; null when there is none.</summary>
    internal HeldSocket? Take(SocketAddress wanted)
    {
        string address = wanted.ToString();
        lock (_lock)
        {
            int index = _sockets.FindIndex(socket => socket.Wanted.ToString() == address);
            if (index < 0)
            {
                return null;
            }

            HeldSocket socket = _sockets[index];
            _sockets.RemoveAt(index);
            return socket;
        }
    }
}
