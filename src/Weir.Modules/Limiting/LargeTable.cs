using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Modules.Limiting;

/// <summary>
/// Arrays that are read in no order, by a key or an address. What costs there is the memory's: a large one asks the kernel for pages of
/// 2 MiB, so that the processor finds a place without reading page tables first. The kernel may decline; nothing else changes.
/// </summary>
internal static class LargeTable
{
    private const int PageOctets = 2 * 1024 * 1024;
    private const int HugePages = 14;

    /// <summary>An array of zeros that never moves.</summary>
    public static T[] Allocate<T>(int length)
        where T : unmanaged
    {
        T[] table = GC.AllocateArray<T>(length, pinned: true);
        long octets = (long)length * Unsafe.SizeOf<T>();
        if (octets >= 2 * PageOctets && OperatingSystem.IsLinux())
        {
            nint begin = Marshal.UnsafeAddrOfPinnedArrayElement(table, 0);
            nint first = (begin + PageOctets - 1) & -PageOctets;
            _ = madvise(first, (nuint)((begin + octets - first) & -PageOctets), HugePages);
        }

        return table;
    }

    [DllImport("libc")]
    private static extern int madvise(nint address, nuint octets, int advice);
}
