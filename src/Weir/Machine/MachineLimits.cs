using System.Globalization;

namespace Weir.Machine;

/// <summary>What the machine, or the cgroup, gives this process.</summary>
internal static class MachineLimits
{
    // Origins need descriptors too, and so do logs, names and the admin.
    private const int ReservedDescriptors = 256;

    /// <summary>Memory in octets; a cgroup's limit where there is one.</summary>
    public static long MemoryOctets => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Descriptors that the process may open. The runtime has raised the soft limit to the hard one at its start.</summary>
    public static int Descriptors
    {
        get
        {
            foreach (string line in File.ReadLines("/proc/self/limits"))
            {
                if (!line.StartsWith("Max open files", StringComparison.Ordinal))
                {
                    continue;
                }

                string soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : int.MaxValue;
            }

            return int.MaxValue;
        }
    }

    /// <summary>How many client connections fit. Most are idle and need no origin's connection beside: a quarter is kept for those.</summary>
    public static int PossibleConnections(int descriptors) => Math.Max(descriptors - (descriptors / 4) - ReservedDescriptors, 1);
}
