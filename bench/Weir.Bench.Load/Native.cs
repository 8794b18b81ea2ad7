using System.Runtime.InteropServices;

namespace Weir.Bench.Load;

/// <summary>The few calls for which the platform's sockets cost more than the server that is measured.</summary>
internal static unsafe partial class Native
{
    public const uint In = 0x1;
    public const int ControlAdd = 1;
    public const int NoSignal = 0x4000;
    public const int WouldBlock = 11;
    public const int NonBlocking = 0x800;
    private const int SetTimerSlack = 29;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, EpollEvent* @event);

    // Waits are shorter than the millisecond of epoll_wait: one arrival is due every few dozen microseconds.
    [LibraryImport("libc", EntryPoint = "epoll_pwait2")]
    public static partial int EpollWait(int epoll, EpollEvent* events, int count, TimeSpec* timeout, nint mask);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int fd, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint value, nuint second, nuint third, nuint fourth);

    /// <summary>The kernel rounds waits up by 50 microseconds otherwise.</summary>
    public static void WaitPrecisely() => _ = Prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>struct epoll_event: 12 octets on x64, 16 elsewhere; the accessors hide it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct EpollEvent
    {
        private fixed byte _octets[16];

        public static int Size => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

        private static int DataOffset => Size - sizeof(ulong);

        public static void Write(byte* at, uint events, ulong data)
        {
            *(uint*)at = events;
            *(ulong*)(at + DataOffset) = data;
        }

        public static ulong DataOf(byte* at) => *(ulong*)(at + DataOffset);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
