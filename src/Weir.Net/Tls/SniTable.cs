using System.Collections.Frozen;
using System.Net;
using System.Text;

namespace Weir.Net.Tls;

/// <summary>
/// Which of some things a server name means: the exact name, else the longest wildcard ("*.example.com" stands for any number of labels in
/// front), else the default. Immutable.
/// </summary>
/// <typeparam name="T">What names lead to.</typeparam>
public sealed class SniTable<T>
    where T : class
{
    private const int MostHostOctets = 253;

    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _behindWildcard;

    /// <summary>A table of host names in lower case.</summary>
    /// <param name="hosts">"example.com" or "*.example.com", and what it means. A name that comes again is ignored.</param>
    /// <param name="whenUnknown">For every other name, and for none.</param>
    public SniTable(IEnumerable<KeyValuePair<string, T>> hosts, T? whenUnknown)
    {
        Dictionary<string, T> exact = new(StringComparer.Ordinal);
        Dictionary<string, T> wildcards = new(StringComparer.Ordinal);
        foreach ((string host, T value) in hosts)
        {
            bool isWildcard = host.StartsWith("*.", StringComparison.Ordinal);
            (isWildcard ? wildcards : exact).TryAdd(isWildcard ? host[2..] : host, value);
        }

        WhenUnknown = whenUnknown;
        HasAddresses = exact.Keys.Any(host => IPAddress.TryParse(host, out _));
        _exact = exact.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _behindWildcard = wildcards.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What names that are not in the table mean; null: nothing.</summary>
    public T? WhenUnknown { get; }

    /// <summary>Whether addresses are among the exact names: they are meant where a client sends no name.</summary>
    public bool HasAddresses { get; }

    /// <summary>What a server name means, in whichever case; a dot at its end means nothing.</summary>
    public T? Find(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith("."u8))
        {
            name = name[..^1];
        }

        if (name.IsEmpty || name.Length > MostHostOctets)
        {
            return WhenUnknown;
        }

        Span<char> lower = stackalloc char[MostHostOctets];
        lower = lower[..Encoding.Latin1.GetChars(name, lower)];
        foreach (ref char letter in lower)
        {
            letter = char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter;
        }

        if (_exact.TryGetValue(lower, out T? found))
        {
            return found;
        }

        ReadOnlySpan<char> rest = lower;
        for (int dot = rest.IndexOf('.'); dot >= 0; dot = rest.IndexOf('.'))
        {
            rest = rest[(dot + 1)..];
            if (_behindWildcard.TryGetValue(rest, out found))
            {
                return found;
            }
        }

        return WhenUnknown;
    }
}
