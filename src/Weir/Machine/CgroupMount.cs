using System.Text;

namespace Weir.Machine;

/// <summary>A mounted hierarchy of control groups, from a line of /proc/self/mountinfo (proc(5)).</summary>
internal sealed record CgroupMount
{
    /// <summary>Where it is mounted.</summary>
    public required string Point { get; init; }

    /// <summary>The group that stands at the mount point.</summary>
    public required string Root { get; init; }

    /// <summary>Whether it is the second version, which has every controller.</summary>
    public required bool IsUnified { get; init; }

    /// <summary>The controllers of a hierarchy of the first version.</summary>
    public required IReadOnlyList<string> Controllers { get; init; }

    /// <summary>Null where the line is about something else.</summary>
    public static CgroupMount? TryParse(string line)
    {
        // 36 35 98:0 /root /point rw,noatime master:1 - type source options
        string[] halves = line.Split(" - ", 2);
        string[] place = halves[0].Split(' ');
        string[] kind = halves.Length == 2 ? halves[1].Split(' ') : [];
        if (place.Length < 5 || kind.Length < 3 || kind[0] is not ("cgroup" or "cgroup2"))
        {
            return null;
        }

        return new CgroupMount
        {
            Root = Unescape(place[3]),
            Point = Unescape(place[4]),
            IsUnified = kind[0] == "cgroup2",
            Controllers = kind[2].Split(','),
        };
    }

    /// <summary>
    /// The folder of this process's group below the mount point, "" for the mount point itself; null when the hierarchy says nothing
    /// about memory or processor time.
    /// </summary>
    /// <param name="groups">The lines of /proc/self/cgroup: "0::/path", or "4:cpu,cpuacct:/path" in the first version.</param>
    public string? GroupOf(IEnumerable<string> groups)
    {
        foreach (string line in groups)
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && IsOurs(parts[1]))
            {
                return Below(parts[2]);
            }
        }

        return null;
    }

    private bool IsOurs(string controllers) => IsUnified
        ? controllers.Length == 0
        : controllers.Split(',') is var names && (names.Contains("memory") || names.Contains("cpu")) && names.All(Controllers.Contains);

    private string Below(string path)
    {
        // A container sees its own group at the mount point, whatever the host calls it; a path that leads outside its namespace is not
        // mounted anywhere.
        if (path.Contains("/..", StringComparison.Ordinal))
        {
            return "";
        }

        if (Root == "/")
        {
            return path.TrimEnd('/');
        }

        bool isBelow = path.StartsWith(Root, StringComparison.Ordinal) && (path.Length == Root.Length || path[Root.Length] == '/');
        return isBelow ? path[Root.Length..].TrimEnd('/') : "";
    }

    // Spaces and line ends of a path stand there as \040.
    private static string Unescape(string text)
    {
        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) + (text[i + 3] - '0')));
                i += 3;
                continue;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
