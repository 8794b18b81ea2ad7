using System.Globalization;
using Weir.Config.Model;

namespace Weir.Cli.Commands;

/// <summary>Sites, routes and the modules that requests pass there, with their places in the files.</summary>
internal static class StackListing
{
    public static IEnumerable<string> Lines(WeirConfig config)
    {
        foreach (SiteConfig site in config.Sites.Values)
        {
            yield return $"site {site.Name}{At(site.Position)}{To(site.To)}";
            foreach (string line in Stack(site.Stack, "  "))
            {
                yield return line;
            }

            // The one route of a site with `to` is that `to`.
            IReadOnlyList<RouteConfig> routes = site.To is null ? site.Routes : [];
            for (int i = 0; i < routes.Count; i++)
            {
                RouteConfig route = routes[i];
                string number = (i + 1).ToString(CultureInfo.InvariantCulture);
                string methods = route.Method.Count > 0 ? " " + string.Join(",", route.Method) : "";
                yield return $"  route {number} {route.Path?.ToString() ?? "*"}{methods}{At(route.Position)}{To(route.To)}";
                foreach (string line in Stack(route.Stack, "    "))
                {
                    yield return line;
                }
            }
        }
    }

    private static IEnumerable<string> Stack(IReadOnlyList<StackEntry> stack, string indent)
    {
        for (int i = 0; i < stack.Count; i++)
        {
            StackEntry entry = stack[i];
            string from = entry.FromStack is { } named ? $", from the stack {named}" : "";
            yield return $"{indent}{(i + 1).ToString(CultureInfo.InvariantCulture)}. {entry.Name}{At(entry.Position)}{from}";
        }
    }

    private static string At(Position position) => position.IsWritten ? $" ({position.File}:{position.Line})" : "";

    private static string To(TargetConfig? target) => target is null ? "" : $" -> {target.Upstream}";
}
