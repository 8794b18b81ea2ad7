using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Abstractions.Files;

/// <summary>
/// What tells one content of a file from another without reading it: whoever writes it, replaces it, takes it away or lets a link point
/// elsewhere changes this, also where length and time of writing stay. Links are followed.
/// </summary>
/// <param name="Device">The device that it lies on.</param>
/// <param name="Inode">Its number there: another file has another one, while both exist.</param>
/// <param name="Length">In octets; -1: there is no such file, or none with content.</param>
/// <param name="WrittenNs">When it was written, in nanoseconds since 1970. Programs may set it to what they like.</param>
/// <param name="ChangedNs">When anything about it was last changed; the kernel alone sets it.</param>
public readonly record struct FileMark(ulong Device, ulong Inode, long Length, long WrittenNs, long ChangedNs)
{
    private const int CurrentFolder = -100;
    private const uint BasicStats = 0x7ff;
    private const int StatOctets = 256;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Whether there is a file.</summary>
    public bool Exists => Length >= 0;

    private static FileMark None => new(0, 0, -1, 0, 0);

    /// <summary>A file as it is now. Never throws.</summary>
    public static FileMark Of(string path)
    {
        try
        {
            // The layout of statx is the same on every processor, unlike that of stat.
            byte[] stat = new byte[StatOctets];
            return statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, BasicStats, stat) == 0 ? Read(stat) : OfRuntime(path);
        }
        catch (EntryPointNotFoundException)
        {
            return OfRuntime(path);
        }
    }

    private static FileMark Read(ReadOnlySpan<byte> stat)
    {
        if ((MemoryMarshal.Read<ushort>(stat[28..]) & TypeMask) != RegularFile)
        {
            return None;
        }

        ulong device = ((ulong)MemoryMarshal.Read<uint>(stat[136..]) << 32) | MemoryMarshal.Read<uint>(stat[140..]);
        return new FileMark(
            device, MemoryMarshal.Read<ulong>(stat[32..]), MemoryMarshal.Read<long>(stat[40..]), Time(stat[112..]), Time(stat[96..]));
    }

    private static long Time(ReadOnlySpan<byte> stamp) =>
        (MemoryMarshal.Read<long>(stamp) * 1_000_000_000) + MemoryMarshal.Read<uint>(stamp[8..]);

    // Where statx is not allowed or not there: old containers.
    private static FileMark OfRuntime(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists && file.ResolveLinkTarget(returnFinalTarget: true) is var target
                ? new FileMark(0, 0, target is FileInfo real ? real.Length : file.Length, Ns((target ?? file).LastWriteTimeUtc), Ns((target ?? file).CreationTimeUtc))
                : None;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return None;
        }
    }

    private static long Ns(DateTime time) => (time - DateTime.UnixEpoch).Ticks * 100;

    // Arrays of octets are pinned, not copied.
#pragma warning disable SYSLIB1054, CA1838, CA5392, SA1300
    [DllImport("libc", ExactSpelling = true)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, [In, Out] byte[] stat);
#pragma warning restore SYSLIB1054, CA1838, CA5392, SA1300
}
