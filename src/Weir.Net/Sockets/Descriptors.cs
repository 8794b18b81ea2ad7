using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Net.Sockets;

/// <summary>What is done with bare descriptors before they are connections.</summary>
public static unsafe class Descriptors
{
    /// <summary>The local address of a connected socket.</summary>
    public static IpAddress LocalAddress(int fd, out int port)
    {
        byte* raw = stackalloc byte[SocketAddress.MaxOctets];
        int length = SocketAddress.MaxOctets;
        port = 0;
        return Libc.getsockname(fd, raw, &length) == 0 ? SocketAddress.ReadIp(raw, out port) : IpAddress.None;
    }

    /// <summary>Sends a short last word without waiting, then closes.</summary>
    public static void Refuse(int fd, ReadOnlySpan<byte> lastWord)
    {
        fixed (byte* source = lastWord)
        {
            _ = Libc.send(fd, source, lastWord.Length, Libc.MsgNoSignal);
        }

        // Reading what the client already sent turns the reset that close would cause into an orderly end, so that the word arrives.
        _ = Libc.shutdown(fd, Libc.ShutWrite);
        byte* ignored = stackalloc byte[4096];
        _ = Libc.recv(fd, ignored, 4096, 0);
        _ = Libc.close(fd);
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int fd) => _ = Libc.close(fd);

    /// <summary>Sets the mode of a socket file.</summary>
    public static void SetMode(string path, uint mode)
    {
        fixed (byte* raw = Encoding.UTF8.GetBytes(path + "\0"))
        {
            _ = Libc.chmod(raw, mode);
        }
    }
}
