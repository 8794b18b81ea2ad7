namespace Weir.Net.Sockets;

/// <summary>Options of sockets. A failure is harmless: the option is a wish.</summary>
internal static unsafe class SocketOptions
{
    public static void SetNoDelay(int fd) => SetFlag(fd, Libc.IpProtoTcp, Libc.TcpNoDelay);

    /// <summary>
    /// Bounds what the kernel keeps of answers that it has not sent: without it, it takes megabytes for each client that does not read
    /// (measured 2026-11-22: 1 MiB for each of 4,000, and seconds of copying). Two of the largest writes keep the network busy all the
    /// same. Connections inherit it from the socket that listens.
    /// </summary>
    public static void BoundUnsent(int fd)
    {
        int octets = 128 * 1024;
        _ = Libc.setsockopt(fd, Libc.IpProtoTcp, Libc.TcpNotSentLowAt, &octets, sizeof(int));
    }

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

    /// <summary>
    /// Keeps new connections away from a listening socket, while handshakes that have begun are completed and queued as before. A TCP
    /// socket gets a packet filter that drops a SYN without ACK; a unix socket, whose connect is one step, is shut down for reading, which
    /// leaves its queue as it is (shutting a TCP one down would reset its queue).
    /// </summary>
    public static void RefuseNewConnections(int fd, bool isUnix)
    {
        if (isUnix)
        {
            _ = Libc.shutdown(fd, Libc.ShutRead);
            return;
        }

        // struct sock_filter { u16 code; u8 if_true, if_false; u32 value }, little-endian. The filter sees the TCP header; octet 13 is its
        // flags.
        ulong* program = stackalloc ulong[]
        {
            Instruction(0x30, 0, 0, 13),        // load octet 13
            Instruction(0x54, 0, 0, 0x12),      // keep SYN and ACK
            Instruction(0x15, 0, 1, 0x02),      // SYN alone?
            Instruction(0x06, 0, 0, 0),         // drop
            Instruction(0x06, 0, 0, uint.MaxValue),
        };
        Libc.FilterProgram filter = new() { Length = 5, Instructions = program };
        _ = Libc.setsockopt(fd, Libc.SolSocket, Libc.SoAttachFilter, &filter, sizeof(Libc.FilterProgram));
    }

    private static ulong Instruction(ushort code, byte ifTrue, byte ifFalse, uint value) =>
        code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)value << 32);

    public static int TakeError(int fd)
    {
        int error = 0;
        int length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SolSocket, Libc.SoError, &error, &length) == 0 ? error : Libc.Errno;
    }
}
