namespace Weir.Http.Fields;

/// <summary>Keys and bare items in order (RFC 9651 section 3.1.2). Few, so they are searched one by one.</summary>
public sealed class StructuredParameters
{
    /// <summary>None.</summary>
    public static readonly StructuredParameters Empty = new([]);

    private readonly List<KeyValuePair<string, StructuredValue>> _entries;

    /// <summary>From entries with unique, valid keys.</summary>
    public StructuredParameters(IEnumerable<KeyValuePair<string, StructuredValue>> entries) => _entries = [.. entries];

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<KeyValuePair<string, StructuredValue>> Entries => _entries;

    /// <summary>Finds a value.</summary>
    public bool TryGet(string key, out StructuredValue value)
    {
        int place = _entries.FindIndex(entry => string.Equals(entry.Key, key, StringComparison.Ordinal));
        value = place < 0 ? default : _entries[place].Value;
        return place >= 0;
    }
}
