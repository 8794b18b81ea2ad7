using System.Globalization;

namespace Weir.Machine;

/// <summary>
/// What the control groups around this process allow it: the least of its own group and all groups above it that can be seen. Both
/// versions are read; where a machine has both, each controller is in one of them.
/// </summary>
/// <param name="MemoryOctets">Memory, or null where nothing limits it.</param>
/// <param name="Cores">Processor time in cores, or null where nothing limits it.</param>
internal sealed record CgroupLimits(long? MemoryOctets, double? Cores)
{
    // The first version writes "no limit" as the largest multiple of a page.
    private const long NoLimit = 1L << 62;
    private const int MostLevels = 64;

    /// <summary>Reads them now.</summary>
    /// <param name="root">Stands in front of every path: another tree for tests.</param>
    public static CgroupLimits Read(string root = "")
    {
        CgroupLimits limits = new(null, null);
        string[] groups = Lines(root + "/proc/self/cgroup");
        foreach (string line in Lines(root + "/proc/self/mountinfo"))
        {
            if (CgroupMount.TryParse(line) is not { } mount || mount.GroupOf(groups) is not { } group)
            {
                continue;
            }

            string top = root + mount.Point;
            string? folder = top + group;
            for (int level = 0; level < MostLevels && folder is not null; level++)
            {
                limits = mount.IsUnified ? limits.WithUnified(folder) : limits.WithFirst(folder);
                folder = folder.Length > top.Length ? Path.GetDirectoryName(folder) : null;
            }
        }

        return limits;
    }

    private CgroupLimits WithUnified(string folder)
    {
        // memory.high does not end the process, but slows it until it hardly moves: it is a limit as well.
        CgroupLimits limits = WithMemory(Number(folder, "memory.max")).WithMemory(Number(folder, "memory.high"));
        string[] parts = (Text(folder, "cpu.max") ?? "").Split(' ');
        return parts.Length == 2 && TryParse(parts[0], out long quota) && TryParse(parts[1], out long period)
            ? limits.WithCores(quota, period)
            : limits;
    }

    private CgroupLimits WithFirst(string folder)
    {
        CgroupLimits limits = WithMemory(Number(folder, "memory.limit_in_bytes"));
        return Number(folder, "cpu.cfs_quota_us") is { } quota && Number(folder, "cpu.cfs_period_us") is { } period
            ? limits.WithCores(quota, period)
            : limits;
    }

    private CgroupLimits WithMemory(long? octets) => octets is > 0 and < NoLimit && octets < (MemoryOctets ?? long.MaxValue)
        ? this with { MemoryOctets = octets }
        : this;

    private CgroupLimits WithCores(long quota, long period)
    {
        double cores = quota > 0 && period > 0 ? (double)quota / period : double.PositiveInfinity;
        return cores < (Cores ?? double.PositiveInfinity) ? this with { Cores = cores } : this;
    }

    private static long? Number(string folder, string name) => TryParse(Text(folder, name), out long number) ? number : null;

    private static bool TryParse(string? text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static string? Text(string folder, string name) => Lines(Path.Combine(folder, name)) is [var line, ..] ? line.Trim() : null;

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A controller that is off has no file, and a group above may not be readable.
            return [];
        }
    }
}
