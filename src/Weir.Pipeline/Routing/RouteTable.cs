// Hot: one lookup a request. See bench/Weir.Bench.Routing.
using System.Buffers;
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Finds the first route, in the order of definition, that takes a request. Routes with a literal path are found through an index, so
/// that their number does not matter; those with a regular expression or without a path are asked one by one. Immutable; any thread may
/// use it. A lookup allocates nothing.
/// </summary>
public sealed partial class RouteTable<TRoute>
    where TRoute : class
{
    // Reading a path in every other way takes some ten passes over it: longer ones are refused rather than read.
    private const int MaxReadableOctets = 8 * 1024;

    private readonly TRoute? _only;
    private readonly RouteDefinition<TRoute>[] _routes;
    private readonly RouteGate?[] _gates;
    private readonly PathIndex? _literal;
    private readonly PathIndex? _folded;
    private readonly int[] _others;
    private readonly bool _hasRegex;

    /// <summary>Builds the table from routes in their order.</summary>
    public RouteTable(IReadOnlyList<RouteDefinition<TRoute>> routes)
    {
        _routes = [.. routes];
        _gates = [.. routes.Select(RouteGate.For)];
        PathPattern[] paths = [.. routes.Select(route => route.Path)];
        _literal = PathIndex.For(paths, _gates, ignoresCase: false);
        _folded = PathIndex.For(paths, _gates, ignoresCase: true);
        _others = [.. Enumerable.Range(0, paths.Length).Where(route => !PathIndex.IsIndexed(paths[route]))];
        _hasRegex = paths.Any(path => path.Kind == PathKind.Regex);
        _only = routes.Count > 0 && routes[0].TakesEverything ? routes[0].Route : null;
    }

    /// <summary>Finds the route of a request by <see cref="Abstractions.Heads.RequestHead.Path"/> and what else the routes ask.</summary>
    public RouteMatch<TRoute> Find(Exchange exchange) => Find(exchange, exchange.Request.Path);

    /// <summary>
    /// Finds the route that the request would have with another path: for a site that forwards paths as they came, and has to ask where
    /// each reading of them leads.
    /// </summary>
    public RouteMatch<TRoute> Find(Exchange exchange, ReadOnlySpan<byte> path)
    {
        if (_only is not null)
        {
            return new RouteMatch<TRoute>(_only, 0, 0, false, false);
        }

        int index = FindIndex(path, exchange);
        bool isAmbiguous = OriginReadings.MayDiffer(path) && IsReadDifferently(path, exchange, index);
        if (index == _routes.Length)
        {
            return new RouteMatch<TRoute>(null, -1, 0, false, isAmbiguous);
        }

        RouteDefinition<TRoute> found = _routes[index];
        return new RouteMatch<TRoute>(found.Route, index, found.Path.Octets.Length, found.Path.Regex is { HasGroups: true }, isAmbiguous);
    }

    /// <summary>
    /// Records where the groups of a match's regular expression lie in the request's path. Allocates: call it where the match has groups
    /// and something uses them, before the path changes.
    /// </summary>
    public void Capture(in RouteMatch<TRoute> match, Exchange exchange)
    {
        if (match.HasGroups)
        {
            _routes[match.Index].Path.Regex!.Capture(exchange.Request.Path, exchange.RouteCaptures);
        }
    }

    // The number of routes stands for "none".
    private int FindIndex(ReadOnlySpan<byte> path, Exchange exchange)
    {
        int best = _routes.Length;
        best = _literal is null ? best : _literal.FindFirst(path, exchange, best);
        best = _folded is null ? best : _folded.FindFirst(path, exchange, best);
        if (_others.Length == 0 || _others[0] >= best)
        {
            return best;
        }

        return _hasRegex ? FindOther(path, exchange, best) : FindOther(path, default, exchange, best);
    }

    private int FindOther(ReadOnlySpan<byte> path, Exchange exchange, int best)
    {
        char[] characters = ArrayPool<char>.Shared.Rent(path.Length);
        int found = FindOther(path, OctetRegex.Widen(path, characters), exchange, best);
        ArrayPool<char>.Shared.Return(characters);
        return found;
    }

    private int FindOther(ReadOnlySpan<byte> path, ReadOnlySpan<char> text, Exchange exchange, int best)
    {
        foreach (int route in _others)
        {
            if (route >= best)
            {
                break;
            }

            if (TakesPath(_routes[route].Path, path, text) && _gates[route]?.Passes(exchange) != false)
            {
                return route;
            }
        }

        return best;
    }

    private static bool TakesPath(PathPattern pattern, ReadOnlySpan<byte> path, ReadOnlySpan<char> text) => pattern.Kind switch
    {
        PathKind.Regex => pattern.Regex!.IsMatch(text),
        PathKind.Prefix => !path.IsEmpty && path[0] == (byte)'/',
        _ => true,
    };

    // Whoever reads the path otherwise than Weir must come to the same route, else a rule of one route could be passed by through another.
    private bool IsReadDifferently(ReadOnlySpan<byte> path, Exchange exchange, int index)
    {
        if (path.Length > MaxReadableOctets)
        {
            return _routes.Length > 1;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(path.Length);
        OriginReadings readings = new(path, buffer);
        bool isDifferent = false;
        while (!isDifferent && readings.MoveNext())
        {
            isDifferent = readings.IsAboveRoot || FindIndex(readings.Current, exchange) != index;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return isDifferent;
    }
}
