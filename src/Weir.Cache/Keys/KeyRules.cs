namespace Weir.Cache.Keys;

/// <summary>What of a request makes up its key. Immutable.</summary>
public sealed record KeyRules
{
    /// <summary>What keeps the keys of one cache apart from others in the same store: the site, and in a route's stack the route.</summary>
    public byte[] Scope { get; init; } = [];

    /// <summary>Which parameters count.</summary>
    public QueryRule Query { get; init; }

    /// <summary>The parameters that <see cref="Query"/> speaks of.</summary>
    public NamePatterns Parameters { get; init; } = new([]);

    /// <summary>Whether the order of parameters makes no difference.</summary>
    public bool SortsQuery { get; init; }

    /// <summary>Names of request fields whose values are part of the key, in lower case.</summary>
    public IReadOnlyList<byte[]> Headers { get; init; } = [];

    /// <summary>Names of cookies whose values are part of the key.</summary>
    public IReadOnlyList<byte[]> Cookies { get; init; } = [];
}
