using System.Diagnostics.CodeAnalysis;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>The names of hosts(5), immutable. Lines that cannot be read are ignored, as the C library does.</summary>
public sealed class HostsFile
{
    // A name with more addresses than this is a mistake of whatever generated the file.
    private const int MaxAddresses = 64;

    private readonly Dictionary<string, IpAddress[]> _names;

    private HostsFile(Dictionary<string, IpAddress[]> names) => _names = names;

    /// <summary>No names.</summary>
    public static HostsFile Empty { get; } = new([]);

    /// <summary>How many names it has.</summary>
    public int Count => _names.Count;

    /// <summary>Reads the text of a hosts file.</summary>
    public static HostsFile Parse(string text)
    {
        Dictionary<string, IpAddress[]> names = new(StringComparer.Ordinal);
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            int comment = raw.IndexOf('#');
            string line = (comment < 0 ? raw : raw[..comment]).ToString();
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IpAddress.TryParse(words[0], out IpAddress address))
            {
                continue;
            }

            foreach (string word in words.AsSpan(1))
            {
                if (DnsName.TryNormalize(word, out string? name))
                {
                    Add(names, name, address);
                }
            }
        }

        return new HostsFile(names);
    }

    /// <summary>The addresses of a normalized name, in the file's order.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out IReadOnlyList<IpAddress>? addresses)
    {
        bool isFound = _names.TryGetValue(name, out IpAddress[]? found);
        addresses = found;
        return isFound;
    }

    private static void Add(Dictionary<string, IpAddress[]> names, string name, IpAddress address)
    {
        IpAddress[] known = names.GetValueOrDefault(name, []);
        if (known.Length < MaxAddresses && !known.Contains(address))
        {
            names[name] = [.. known, address];
        }
    }
}
