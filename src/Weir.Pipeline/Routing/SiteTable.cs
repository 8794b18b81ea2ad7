// Hot: one lookup a request. See bench/Weir.Bench.Routing.
namespace Weir.Pipeline.Routing;

/// <summary>
/// Finds the site of a host: an exact key, else the longest wildcard, else the default. A wildcard takes any number of labels below its
/// name, but not the name itself. Immutable; any thread may use it. A lookup allocates nothing and costs the same for any number of sites.
/// </summary>
public sealed class SiteTable<TSite>
    where TSite : class
{
    private readonly OctetTable _exact;
    private readonly TSite[] _exactSites;
    private readonly OctetTable _wildcards;
    private readonly TSite[] _wildcardSites;
    private readonly int _wildcardMaxLabels;
    private readonly int _longestExact;
    private readonly TSite? _default;

    /// <summary>Builds the table.</summary>
    /// <exception cref="ArgumentException">Two definitions have the same pattern: see <see cref="SiteTable.FindDuplicate"/>.</exception>
    public SiteTable(IReadOnlyList<SiteDefinition<TSite>> sites)
    {
        if (SiteTable.FindDuplicate(sites) is { } duplicate)
        {
            throw new ArgumentException($"Two sites have the key '{sites[duplicate.Second].Pattern}'.", nameof(sites));
        }

        (_exactSites, List<byte[]> exactKeys) = Select(sites, SitePatternKind.Exact);
        (_wildcardSites, List<byte[]> wildcardKeys) = Select(sites, SitePatternKind.Wildcard);
        _exact = new OctetTable(exactKeys, HashWhole);
        _wildcards = new OctetTable(wildcardKeys, HashLabels);
        _longestExact = exactKeys.Count == 0 ? -1 : exactKeys.Max(key => key.Length);
        _wildcardMaxLabels = wildcardKeys.Count == 0 ? 0 : wildcardKeys.Max(key => key.AsSpan().Count((byte)'.') + 1);
        _default = sites.FirstOrDefault(site => site.Pattern.Kind == SitePatternKind.Default)?.Site;
    }

    /// <summary>The site of every host that no key takes; null when there is none.</summary>
    public TSite? Default => _default;

    /// <summary>Finds a host's site; null when no key takes it.</summary>
    /// <param name="host">
    /// In lower case, no port, no trailing dot, IPv6 in brackets; empty (an HTTP/1.0 request without Host) leads to the default.
    /// </param>
    public TSite? Find(ReadOnlySpan<byte> host)
    {
        if (host.Length <= _longestExact)
        {
            int exact = _exact.Find(HashWhole(_exact.Seed, host), host);
            if (exact >= 0)
            {
                return _exactSites[exact];
            }
        }

        return _wildcardMaxLabels == 0 ? _default : FindWildcard(host);
    }

    // From the last label to the left, so that one pass hashes every suffix; the last one that is found is the longest.
    private TSite? FindWildcard(ReadOnlySpan<byte> host)
    {
        int longest = -1;
        ulong hash = _wildcards.Seed;
        int end = host.Length;
        for (int labels = 0; labels < _wildcardMaxLabels; labels++)
        {
            int dot = host[..end].LastIndexOf((byte)'.');
            if (dot <= 0)
            {
                break;
            }

            hash = OctetHash.Add(hash, host[(dot + 1)..end], 0);
            int found = _wildcards.Find(hash, host[(dot + 1)..]);
            longest = found >= 0 ? found : longest;
            end = dot;
        }

        return longest < 0 ? _default : _wildcardSites[longest];
    }

    private static ulong HashWhole(ulong seed, ReadOnlySpan<byte> host) => OctetHash.Add(seed, host, 0);

    private static ulong HashLabels(ulong seed, ReadOnlySpan<byte> name)
    {
        ulong hash = seed;
        for (int end = name.Length; end >= 0;)
        {
            int dot = name[..end].LastIndexOf((byte)'.');
            hash = OctetHash.Add(hash, name[(dot + 1)..end], 0);
            end = dot;
        }

        return hash;
    }

    private static (TSite[] Sites, List<byte[]> Keys) Select(IReadOnlyList<SiteDefinition<TSite>> sites, SitePatternKind kind)
    {
        List<TSite> selected = [];
        List<byte[]> keys = [];
        foreach (SiteDefinition<TSite> site in sites)
        {
            if (site.Pattern.Kind == kind)
            {
                selected.Add(site.Site);
                keys.Add(site.Pattern.HostOctets());
            }
        }

        return ([.. selected], keys);
    }
}
