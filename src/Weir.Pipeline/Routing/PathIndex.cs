// Hot: one lookup a request. See bench/Weir.Bench.Routing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Finds the first route among those with a literal path. The path is hashed once, segment by segment; at each boundary where some prefix
/// could end, and at the end of the path, one probe finds all routes with that path. The cost depends on the depth of the configured
/// paths, not on their number, and not on how long a client makes its path.
/// </summary>
internal sealed class PathIndex
{
    // Depths from here on share the mask's last bit.
    private const int LastDepth = 63;

    private readonly OctetTable _table;
    private readonly int[][] _exact;
    private readonly int[][] _prefixes;
    private readonly RouteGate?[] _gates;
    private readonly ulong _fold;
    private readonly ulong _prefixDepths;
    private readonly int _longestKey;

    private PathIndex(List<byte[]> keys, List<List<int>> exact, List<List<int>> prefixes, RouteGate?[] gates, bool ignoresCase)
    {
        _fold = ignoresCase ? OctetHash.CaseFold : 0;
        _gates = gates;
        _exact = [.. exact.Select(routes => routes.ToArray())];
        _prefixes = [.. prefixes.Select(routes => routes.ToArray())];
        _table = new OctetTable(keys, (seed, key) => Hash(seed, key, ignoresCase ? OctetHash.CaseFold : 0), ignoresCase);
        _longestKey = keys.Max(key => key.Length);
        for (int i = 0; i < keys.Count; i++)
        {
            _prefixDepths |= prefixes[i].Count > 0 ? DepthBit(keys[i].AsSpan().Count((byte)'/')) : 0;
        }
    }

    /// <summary>Builds the index of the literal paths that ignore case, or of those that do not; null when there are none.</summary>
    public static PathIndex? For(IReadOnlyList<PathPattern> paths, RouteGate?[] gates, bool ignoresCase)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        List<byte[]> keys = [];
        List<List<int>> exact = [];
        List<List<int>> prefixes = [];
        for (int route = 0; route < paths.Count; route++)
        {
            PathPattern path = paths[route];
            if (!IsIndexed(path) || path.IgnoresCase != ignoresCase)
            {
                continue;
            }

            if (!numbers.TryGetValue(path.LiteralText(), out int number))
            {
                number = keys.Count;
                numbers.Add(path.LiteralText(), number);
                keys.Add(path.Key());
                exact.Add([]);
                prefixes.Add([]);
            }

            (path.Kind == PathKind.Exact ? exact : prefixes)[number].Add(route);
        }

        return keys.Count == 0 ? null : new PathIndex(keys, exact, prefixes, gates, ignoresCase);
    }

    /// <summary>Whether a path is found through an index; the others are asked one by one. "/*" has no segment to hash.</summary>
    public static bool IsIndexed(PathPattern path) => path.Kind is PathKind.Exact or PathKind.Prefix && !path.Octets.IsEmpty;

    /// <summary>The lowest number of a route that takes the request and is below the best one so far; else that one.</summary>
    public int FindFirst(ReadOnlySpan<byte> path, Exchange exchange, int best)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            return best;
        }

        ulong hash = _table.Seed;
        int start = 1;
        for (int depth = 1; ; depth++)
        {
            int slash = path[start..].IndexOf((byte)'/');
            int end = slash < 0 ? path.Length : start + slash;
            if (end > _longestKey)
            {
                return best;
            }

            hash = OctetHash.Add(hash, path[start..end], _fold);
            bool isWhole = slash < 0;
            if (isWhole || (_prefixDepths & DepthBit(depth)) != 0)
            {
                best = Probe(hash, path[..end], isWhole, exchange, best);
            }

            if (isWhole)
            {
                return best;
            }

            start = end + 1;
        }
    }

    private int Probe(ulong hash, ReadOnlySpan<byte> key, bool isWhole, Exchange exchange, int best)
    {
        int number = _table.Find(hash, key);
        if (number < 0)
        {
            return best;
        }

        best = isWhole ? First(_exact[number], exchange, best) : best;
        return First(_prefixes[number], exchange, best);
    }

    private int First(int[] routes, Exchange exchange, int best)
    {
        foreach (int route in routes)
        {
            if (route >= best)
            {
                break;
            }

            if (_gates[route]?.Passes(exchange) != false)
            {
                return route;
            }
        }

        return best;
    }

    private static ulong Hash(ulong seed, ReadOnlySpan<byte> key, ulong fold)
    {
        ulong hash = seed;
        ReadOnlySpan<byte> segments = key[1..];
        foreach (Range segment in segments.Split((byte)'/'))
        {
            hash = OctetHash.Add(hash, segments[segment], fold);
        }

        return hash;
    }

    private static ulong DepthBit(int depth) => 1UL << Math.Min(depth, LastDepth);
}
