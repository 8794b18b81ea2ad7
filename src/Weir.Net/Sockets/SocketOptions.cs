namespace Weir.Net.Sockets;

/// <summary>Options of sockets. A failure is harmless: the option is a wish.</summary>
internal static unsafe class SocketOptions
{
    public static void SetNoDelay(int fd) => SetFlag(fd, Libc.IpProtoTcp, Libc.TcpNoDelay);

    public static void SetFlag(int fd, int level, int option)
    {
        int one = 1;
        _ = Libc.setsockopt(fd, level, option, &one, sizeof(int));
    }

    public static void ClearFlag(int fd, int level, int option)
    {
        int zero = 0;
        _ = Libc.setsockopt(fd, level, option, &zero, sizeof(int));
    }

    public static void SetResetOnClose(int fd)
    {
        // struct linger { on, seconds }: closing then sends RST and drops what is queued.
        long linger = 1;
        _ = Libc.setsockopt(fd, Libc.SolSocket, Libc.SoLinger, &linger, sizeof(long));
    }

    public static int TakeError(int fd)
    {
        int error = 0;
        int length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SolSocket, Libc.SoError, &error, &length) == 0 ? error : Libc.Errno;
    }
}
