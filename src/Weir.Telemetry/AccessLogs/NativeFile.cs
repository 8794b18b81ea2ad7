using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Telemetry.AccessLogs;

/// <summary>
/// open(2) and write(2). The platform's FileStream keeps an offset of its own instead of O_APPEND, which breaks logs that are truncated
/// in place, and hides how much of a failed write got through, which a log needs to know to tear no line.
/// </summary>
internal static class NativeFile
{
    internal const int StandardOutput = 1;

    // Linux, all architectures that .NET runs on: <asm-generic/fcntl.h>.
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;

    private const int Interrupted = 4;

    /// <summary>Opens a file for appending, made with mode 0640 (less the umask) where it is missing.</summary>
    internal static SafeFileHandle? OpenForAppend(string path, out string? error)
    {
        while (true)
        {
            int descriptor = Open(path, WriteOnly | Create | Append | CloseOnExec, 0x1A0);
            int code = Marshal.GetLastPInvokeError();
            if (descriptor >= 0)
            {
                error = null;
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            if (code != Interrupted)
            {
                error = Marshal.GetPInvokeErrorMessage(code);
                return null;
            }
        }
    }

    /// <summary>Writes some of the octets and returns how many; 0 with the reason when none could be written.</summary>
    internal static int Write(SafeFileHandle file, ReadOnlySpan<byte> octets, out string? error)
    {
        while (true)
        {
            nint written = Write(file, in MemoryMarshal.GetReference(octets), (nuint)octets.Length);
            int code = Marshal.GetLastPInvokeError();
            if (written > 0)
            {
                error = null;
                return (int)written;
            }

            if (written == 0 || code != Interrupted)
            {
                error = written == 0 ? "nothing was taken" : Marshal.GetPInvokeErrorMessage(code);
                return 0;
            }
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "write", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(SafeFileHandle file, in byte octets, nuint length);
}
