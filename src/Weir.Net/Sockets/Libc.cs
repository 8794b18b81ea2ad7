// Hot: recv, send and the polling epoll_wait are two thirds of what a proxied request costs.
using System.Runtime.InteropServices;

namespace Weir.Net.Sockets;

/// <summary>The system calls of the data plane. Errors are read with <see cref="Errno"/> right behind the call.</summary>
internal static unsafe class Libc
{
    public const int Eperm = 1;
    public const int Eintr = 4;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Einval = 22;
    public const int Enfile = 23;
    public const int Emfile = 24;
    public const int Epipe = 32;
    public const int Enonet = 64;
    public const int Eproto = 71;
    public const int Enoprotoopt = 92;
    public const int Eopnotsupp = 95;
    public const int Eaddrinuse = 98;
    public const int Enetdown = 100;
    public const int Enetunreach = 101;
    public const int Econnaborted = 103;
    public const int Econnreset = 104;
    public const int Enobufs = 105;
    public const int Etimedout = 110;
    public const int Econnrefused = 111;
    public const int Ehostdown = 112;
    public const int Ehostunreach = 113;
    public const int Einprogress = 115;

    public const int AfUnix = 1;
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int SockStream = 1;
    public const int SockNonBlock = 0x800;
    public const int SockCloseOnExec = 0x80000;
    public const int SolSocket = 1;
    public const int SoReuseAddr = 2;
    public const int SoError = 4;
    public const int SoSndBuf = 7;
    public const int SoRcvBuf = 8;
    public const int SoKeepAlive = 9;
    public const int SoLinger = 13;
    public const int SoReusePort = 15;
    public const int SoAttachFilter = 26;
    public const int IpProtoTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpDeferAccept = 9;
    public const int TcpNotSentLowAt = 25;
    public const int IpProtoIpv6 = 41;
    public const int Ipv6Only = 26;
    public const int MsgPeek = 2;
    public const int MsgNoSignal = 0x4000;
    public const int ShutRead = 0;
    public const int ShutWrite = 1;

    public const int EpollCloseOnExec = 0x80000;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const uint EpollIn = 0x001;
    public const uint EpollOut = 0x004;
    public const uint EpollError = 0x008;
    public const uint EpollHangUp = 0x010;
    public const uint EpollPeerClosed = 0x2000;
    public const uint EpollEdge = 0x80000000;
    public const int EventFdNonBlock = 0x800;
    public const int EventFdCloseOnExec = 0x80000;

    private const string Library = "libc";

    public static int Errno => Marshal.GetLastSystemError();

    [DllImport(Library)]
    public static extern int socket(int domain, int type, int protocol);

    [DllImport(Library)]
    public static extern int bind(int fd, byte* address, int length);

    [DllImport(Library)]
    public static extern int listen(int fd, int backlog);

    [DllImport(Library)]
    public static extern int connect(int fd, byte* address, int length);

    [DllImport(Library)]
    public static extern int accept4(int fd, byte* address, int* length, int flags);

    [DllImport(Library)]
    public static extern int getsockname(int fd, byte* address, int* length);

    [DllImport(Library)]
    public static extern int setsockopt(int fd, int level, int option, void* value, int length);

    [DllImport(Library)]
    public static extern int getsockopt(int fd, int level, int option, void* value, int* length);

    [DllImport(Library)]
    public static extern int shutdown(int fd, int how);

    [DllImport(Library)]
    public static extern int close(int fd);

    [DllImport(Library)]
    public static extern int dup(int fd);

    [DllImport(Library)]
    public static extern int unlink(byte* path);

    [DllImport(Library)]
    public static extern int chmod(byte* path, uint mode);

    [DllImport(Library)]
    public static extern int epoll_create1(int flags);

    [DllImport(Library)]
    public static extern int epoll_ctl(int epoll, int operation, int fd, byte* epollEvent);

    [DllImport(Library)]
    public static extern int epoll_wait(int epoll, byte* events, int count, int timeoutMs);

    [DllImport(Library)]
    public static extern int eventfd(uint initial, int flags);

    [DllImport(Library)]
    public static extern nint read(int fd, void* buffer, nint length);

    [DllImport(Library)]
    public static extern nint write(int fd, void* buffer, nint length);

    // The calls below never block and never call back, so they make no GC transition. They move at most 64 KiB, with TLS's records around
    // it: a thread inside one holds up a garbage collection of the whole process. A test holds this list.
    [DllImport(Library, EntryPoint = "epoll_wait")]
    [SuppressGCTransition]
    public static extern int epoll_poll(int epoll, byte* events, int count, int zeroTimeout);

    [DllImport(Library)]
    [SuppressGCTransition]
    public static extern nint recv(int fd, byte* buffer, nint length, int flags);

    [DllImport(Library)]
    [SuppressGCTransition]
    public static extern nint send(int fd, byte* buffer, nint length, int flags);

    [DllImport(Library)]
    [SuppressGCTransition]
    public static extern nint writev(int fd, IoVector* vectors, int count);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public nint Address;
        public nint Length;
    }
}
