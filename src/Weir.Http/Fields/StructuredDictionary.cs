namespace Weir.Http.Fields;

/// <summary>
/// Keys and members in order (RFC 9651 section 3.2). Of equal keys the last one's member counts, in the first one's place.
/// </summary>
public sealed class StructuredDictionary
{
    private readonly List<KeyValuePair<string, StructuredMember>> _entries = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<KeyValuePair<string, StructuredMember>> Entries => _entries;

    /// <summary>Finds a member.</summary>
    public StructuredMember? Find(string key) => _places.TryGetValue(key, out int place) ? _entries[place].Value : null;

    /// <summary>Adds a member, or replaces the one of that key.</summary>
    /// <exception cref="ArgumentException">It is no key of RFC 9651 section 3.1.2.</exception>
    public void Set(string key, StructuredMember member)
    {
        if (!StructuredText.IsKey(System.Text.Encoding.Latin1.GetBytes(key)))
        {
            throw new ArgumentException("A key begins with a lower-case letter or \"*\".", nameof(key));
        }

        if (_places.TryGetValue(key, out int place))
        {
            _entries[place] = new(key, member);
            return;
        }

        _places.Add(key, _entries.Count);
        _entries.Add(new(key, member));
    }
}
