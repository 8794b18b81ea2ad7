using Weir.Config.Model;

namespace Weir.Pipeline.Plans;

/// <summary>
/// What tells a route from the others of its site, whatever their order: everything that decides whether it matches. What modules keep
/// beyond a restart is kept under it.
/// </summary>
internal static class RouteIdentity
{
    public static string Of(string site, RouteConfig route)
    {
        string[] parts =
        [
            $"site {site}",
            $"path {route.Path}",
            $"case {route.IgnoreCase}",
            $"when {route.When?.Text}",
            .. route.Method.Select(method => $"method {method}"),
            .. route.Header.Select(pair => $"header {pair.Key}: {pair.Value}"),
            .. route.Query.Select(pair => $"query {pair.Key}: {pair.Value}"),
            .. route.Cookie.Select(pair => $"cookie {pair.Key}: {pair.Value}"),
            .. route.Client.Select(prefix => $"client {prefix}"),
        ];
        return string.Join('\n', parts);
    }
}
