using System.Runtime.InteropServices;

namespace Weir.Net.Rights;

/// <summary>The system calls about who the process is and what it was given. None of them is on the data path.</summary>
internal static unsafe class RightsCalls
{
    public const int SetNoNewPrivileges = 38;
    public const int SetDumpable = 4;
    public const int GetDescriptorFlags = 1;
    public const int SetDescriptorFlags = 2;
    public const int GetStatusFlags = 3;
    public const int SetStatusFlags = 4;
    public const int CloseOnExec = 1;
    public const int NonBlocking = 0x800;
    public const int SoType = 3;
    public const int SoAcceptsConnections = 30;

    private const string Library = "libc";

    [DllImport(Library)]
    public static extern uint geteuid();

    [DllImport(Library)]
    public static extern nint getpwnam(byte* name);

    // The wrappers of the C library change every thread of the process (nptl(7)); the bare system calls would change one.
    [DllImport(Library)]
    public static extern int initgroups(byte* user, uint group);

    [DllImport(Library)]
    public static extern int setgid(uint group);

    [DllImport(Library)]
    public static extern int setuid(uint user);

    [DllImport(Library)]
    public static extern int lchown(byte* path, uint user, uint group);

    [DllImport(Library)]
    public static extern int access(byte* path, int mode);

    [DllImport(Library)]
    public static extern int prctl(int option, nuint two, nuint three, nuint four, nuint five);

    [DllImport(Library)]
    public static extern int fcntl(int fd, int command, int argument);
}
