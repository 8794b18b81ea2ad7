using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Rights;

namespace Weir.Net.Sockets;

/// <summary>A descriptor that whoever started the process left open.</summary>
public static unsafe class InheritedSocket
{
    /// <summary>
    /// Takes a descriptor over: it no longer blocks and no child gets it. False when it is no stream socket that listens.
    /// </summary>
    public static bool TryTake(int fd, out SocketAddress address)
    {
        address = SocketAddress.Any(0);
        if (Option(fd, RightsCalls.SoType) != Libc.SockStream || Option(fd, RightsCalls.SoAcceptsConnections) != 1)
        {
            return false;
        }

        byte* raw = stackalloc byte[SocketAddress.MaxOctets];
        int length = SocketAddress.MaxOctets;
        if (Libc.getsockname(fd, raw, &length) != 0 || Read(raw, length) is not { } bound)
        {
            return false;
        }

        int descriptorFlags = RightsCalls.fcntl(fd, RightsCalls.GetDescriptorFlags, 0);
        int statusFlags = RightsCalls.fcntl(fd, RightsCalls.GetStatusFlags, 0);
        if (descriptorFlags < 0 || statusFlags < 0
            || RightsCalls.fcntl(fd, RightsCalls.SetDescriptorFlags, descriptorFlags | RightsCalls.CloseOnExec) != 0
            || RightsCalls.fcntl(fd, RightsCalls.SetStatusFlags, statusFlags | RightsCalls.NonBlocking) != 0)
        {
            return false;
        }

        if (!bound.IsUnix)
        {
            SocketOptions.SetNoDelay(fd);
            SocketOptions.BoundUnsent(fd);
        }

        address = bound;
        return true;
    }

    private static SocketAddress? Read(byte* raw, int length)
    {
        int family = *(ushort*)raw;
        if (family == Libc.AfUnix)
        {
            // An unnamed socket has no path, an abstract one begins with a zero; the configuration can name neither.
            ReadOnlySpan<byte> path = new ReadOnlySpan<byte>(raw, Math.Min(length, SocketAddress.MaxOctets))[2..];
            int end = path.IndexOf((byte)0);
            path = end < 0 ? path : path[..end];
            return path.IsEmpty ? null : SocketAddress.Unix(Encoding.UTF8.GetString(path));
        }

        if (family is not (Libc.AfInet or Libc.AfInet6))
        {
            return null;
        }

        IpAddress ip = SocketAddress.ReadIp(raw, out int port);
        return family == Libc.AfInet6 && ip.IsNone ? SocketAddress.Any(port) : SocketAddress.Of(ip, port);
    }

    private static int Option(int fd, int option)
    {
        int value = 0;
        int length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SolSocket, option, &value, &length) == 0 ? value : -1;
    }
}
