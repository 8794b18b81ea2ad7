using System.Collections.Frozen;

namespace Weir.Abstractions.Exchanges;

/// <summary>The TLS of every site that has it, as of now. Immutable lists, swapped: one thread writes, every loop reads.</summary>
public sealed class TlsPolicies
{
    private volatile FrozenDictionary<string, TlsPolicy> _bySite = FrozenDictionary<string, TlsPolicy>.Empty;

    /// <summary>The policies in force, by the site's key.</summary>
    public FrozenDictionary<string, TlsPolicy> Current => _bySite;

    /// <summary>Puts others in force.</summary>
    public void Swap(IEnumerable<TlsPolicy> policies) =>
        _bySite = policies.ToFrozenDictionary(policy => policy.Site, StringComparer.Ordinal);
}
