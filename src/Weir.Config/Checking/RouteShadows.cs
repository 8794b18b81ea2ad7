using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>Finds routes that can never match because an earlier one takes all that they would.</summary>
internal static class RouteShadows
{
    // The comparison is of each with each; beyond this it would be felt.
    private const int MostRoutes = 2000;

    internal static void Check(SiteConfig site, ErrorList errors)
    {
        IReadOnlyList<RouteConfig> routes = site.Routes;
        for (int later = 1; later < Math.Min(routes.Count, MostRoutes); later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                if (Covers(routes[earlier], routes[later], site.IgnoreCase))
                {
                    errors.Warning(
                        routes[later].Position,
                        $"This route can never match: the one at line {routes[earlier].Position.Line} takes everything that it would.",
                        "Move it above that one, or remove it; the first route that matches wins.");
                    break;
                }
            }
        }
    }

    private static bool Covers(RouteConfig earlier, RouteConfig later, bool ignoreCase)
    {
        bool coversMethods = earlier.Method.Count == 0 || (later.Method.Count > 0 && later.Method.All(earlier.Method.Contains));
        return coversMethods
            && CoversPath(earlier, later, ignoreCase)
            && CoversValues(earlier.Header, later.Header, StringComparison.OrdinalIgnoreCase)
            && CoversValues(earlier.Query, later.Query, StringComparison.Ordinal)
            && CoversValues(earlier.Cookie, later.Cookie, StringComparison.Ordinal)
            && (earlier.Client.Count == 0 || (later.Client.Count > 0 && later.Client.All(earlier.Client.Contains)));
    }

    private static bool CoversPath(RouteConfig earlier, RouteConfig later, bool siteIgnoresCase)
    {
        if (earlier.Path is not { } wide || wide is { Kind: PathKind.Prefix, Path: "" })
        {
            return true;
        }

        if (later.Path is not { } narrow)
        {
            return false;
        }

        bool wideIgnores = earlier.IgnoreCase ?? siteIgnoresCase;
        bool narrowIgnores = later.IgnoreCase ?? siteIgnoresCase;
        if (narrowIgnores && !wideIgnores)
        {
            return false;
        }

        StringComparison comparison = wideIgnores ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return wide.Kind switch
        {
            PathKind.Exact => narrow.Kind == PathKind.Exact && wide.Path.Equals(narrow.Path, comparison),
            PathKind.Prefix => narrow.Kind != PathKind.Regex
                && (narrow.Path.Equals(wide.Path, comparison) || narrow.Path.StartsWith(wide.Path + "/", comparison)),
            _ => narrow.Kind == PathKind.Regex ? wide.Path == narrow.Path
                : narrow.Kind == PathKind.Exact && wide.ToRegex(wideIgnores).IsMatch(narrow.Path) && !narrowIgnores,
        };
    }

    private static bool CoversValues(
        IReadOnlyDictionary<string, ValuePattern> earlier, IReadOnlyDictionary<string, ValuePattern> later, StringComparison names) =>
        earlier.All(wide => later.Any(narrow =>
            narrow.Key.Equals(wide.Key, names) && narrow.Value.Text == wide.Value.Text && narrow.Value.IsRegex == wide.Value.IsRegex));
}
