using System.Globalization;

namespace Weir.Machine;

/// <summary>What the machine, or the control group, gives this process.</summary>
internal static class MachineLimits
{
    // Origins need descriptors too, and so do logs, names and the admin.
    private const int ReservedDescriptors = 256;

    // The runtime's own share in a container.
    private const double HeapShare = 0.75;

    private static readonly Lazy<CgroupLimits> _cgroup = new(() => CgroupLimits.Read());

    /// <summary>Memory in octets: the machine's, or a control group's limit where that is less.</summary>
    public static long MemoryOctets => Math.Min(InstalledOctets, _cgroup.Value.MemoryOctets ?? long.MaxValue);

    /// <summary>
    /// How many loops are of use: the processors that this process may run on, or as many as a control group's share of processor time
    /// keeps busy, rounded up.
    /// </summary>
    public static int Cores => CoresOf(Environment.ProcessorCount, _cgroup.Value.Cores);

    /// <summary>Descriptors that the process may open. The runtime has raised the soft limit to the hard one at its start.</summary>
    public static int Descriptors
    {
        get
        {
            string? soft = Field("/proc/self/limits", "Max open files");
            return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : int.MaxValue;
        }
    }

    // In a container the runtime's own figure is the heap's limit, not the memory.
    private static long InstalledOctets =>
        long.TryParse(Field("/proc/meminfo", "MemTotal:"), NumberStyles.None, CultureInfo.InvariantCulture, out long kibioctets)
            ? kibioctets * 1024
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// How many client connections fit. Most are idle and need no origin's connection beside: a quarter is kept for those.
    /// </summary>
    public static int PossibleConnections(int descriptors) => Math.Max(descriptors - (descriptors / 4) - ReservedDescriptors, 1);

    /// <summary>
    /// Holds the garbage-collected heap to its share of the control group's memory, where the runtime has not: it reads the limit that
    /// kills and not the one that slows (memory.high), which systemd sets for MemoryHigh.
    /// </summary>
    public static void FitHeap()
    {
        if (_cgroup.Value.MemoryOctets is { } octets && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > (long)(octets * HeapShare))
        {
            AppContext.SetData("GCHeapHardLimit", (ulong)(octets * HeapShare));
            GC.RefreshMemoryLimit();
        }
    }

    internal static int CoresOf(int processors, double? share) =>
        Math.Max((int)Math.Min(processors, Math.Ceiling(share ?? processors)), 1);

    private static string? Field(string file, string name)
    {
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
    }
}
