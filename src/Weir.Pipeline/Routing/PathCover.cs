using System.Text;

namespace Weir.Pipeline.Routing;

/// <summary>
/// The paths of the routes so far, arranged to answer which of them take every path that another pattern takes. Maps keep the cost of
/// checking 10,000 routes far from 10,000 times 10,000.
/// </summary>
internal sealed class PathCover
{
    private readonly Dictionary<(string Literal, bool IgnoresCase), List<int>> _exact = [];
    private readonly Dictionary<(string Literal, bool IgnoresCase), List<int>> _prefixes = [];
    private readonly List<int> _any = [];
    private readonly List<(int Route, OctetRegex Regex)> _expressions = [];

    /// <summary>Adds the next route's path.</summary>
    public void Add(int route, PathPattern path)
    {
        switch (path.Kind)
        {
            case PathKind.Any:
                _any.Add(route);
                break;
            case PathKind.Regex:
                _expressions.Add((route, path.Regex!));
                break;
            default:
                AddLiteral(path.Kind == PathKind.Exact ? _exact : _prefixes, route, path);
                break;
        }
    }

    /// <summary>The routes so far whose path takes all that this one takes, in their order.</summary>
    public IEnumerable<int> Candidates(PathPattern path)
    {
        List<int> found = [.. _any];
        if (path.Kind is PathKind.Exact or PathKind.Prefix)
        {
            AddLiteralCovers(path, found);
        }

        foreach ((int route, OctetRegex regex) in _expressions)
        {
            if (Covers(regex, path))
            {
                found.Add(route);
            }
        }

        found.Sort();
        return found;
    }

    private void AddLiteralCovers(PathPattern path, List<int> found)
    {
        string literal = path.LiteralText();
        if (path.Kind == PathKind.Exact)
        {
            AddMatches(_exact, literal, path, found);
        }

        // "/a/b" lies below "/a/b/*", "/a/*" and "/*".
        for (int end = literal.Length; end >= 0; end = end == 0 ? -1 : literal.LastIndexOf('/', end - 1))
        {
            AddMatches(_prefixes, literal[..end], path, found);
        }
    }

    // What compares case never covers what ignores it.
    private static void AddMatches(
        Dictionary<(string Literal, bool IgnoresCase), List<int>> map, string literal, PathPattern path, List<int> found)
    {
        if (!path.IgnoresCase && map.TryGetValue((literal, false), out List<int>? routes))
        {
            found.AddRange(routes);
        }

        string lower = Encoding.Latin1.GetString(OctetCase.Lower(Encoding.Latin1.GetBytes(literal)));
        if (map.TryGetValue((lower, true), out List<int>? foldedRoutes))
        {
            found.AddRange(foldedRoutes);
        }
    }

    private static bool Covers(OctetRegex regex, PathPattern path) => path.Kind switch
    {
        PathKind.Regex => regex.Text == path.Regex!.Text && (regex.IgnoresCase || !path.Regex.IgnoresCase),
        PathKind.Exact => (regex.IgnoresCase || !path.IgnoresCase) && regex.IsMatch(path.Octets),
        _ => false,
    };

    private static void AddLiteral(Dictionary<(string Literal, bool IgnoresCase), List<int>> map, int route, PathPattern path)
    {
        (string Literal, bool IgnoresCase) key = (path.LiteralText(), path.IgnoresCase);
        if (!map.TryGetValue(key, out List<int>? routes))
        {
            routes = [];
            map.Add(key, routes);
        }

        routes.Add(route);
    }
}
