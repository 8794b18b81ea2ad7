using Weir.Config.Model;

namespace Weir.Admin.Api;

/// <summary>The sites and routes of a configuration, for whoever looks at them.</summary>
internal static class ConfigLists
{
    public static SiteList Sites(WeirConfig config) => new([.. config.Sites.Values.Select(Site)]);

    public static RouteList Routes(WeirConfig config) => new([.. config.Sites.Values.SelectMany(Routes)]);

    private static SiteEntry Site(SiteConfig site) => new()
    {
        Name = site.Name,
        Hosts = [.. site.Hosts.Select(host => host.ToString())],
        To = site.To?.Upstream,
        Routes = site.Routes.Count,
        Stack = [.. site.Stack.Select(Module)],
        File = FileOf(site.Position),
        Line = site.Position.Line,
    };

    private static IEnumerable<RouteEntry> Routes(SiteConfig site) =>
        site.To is { } only ? [Only(site, only)] : site.Routes.Select(route => Route(site, route));

    private static RouteEntry Only(SiteConfig site, TargetConfig only) => new()
    {
        Site = site.Name,
        Methods = [],
        Conditions = [],
        To = [only.Upstream],
        Stack = [.. site.Stack.Select(Module)],
        File = FileOf(site.Position),
        Line = site.Position.Line,
    };

    private static RouteEntry Route(SiteConfig site, RouteConfig route) => new()
    {
        Site = site.Name,
        Path = route.Path?.ToString(),
        Methods = route.Method,
        Conditions =
        [
            .. route.Header.Keys.Select(name => "header " + name),
            .. route.Query.Keys.Select(name => "query " + name),
            .. route.Cookie.Keys.Select(name => "cookie " + name),
            .. route.Client.Count > 0 ? ["client"] : Array.Empty<string>(),
        ],
        To = route.To is { } target ? [target.Upstream] : [.. route.Split?.To.Keys ?? []],
        Stack = [.. site.Stack.Concat(route.Stack).Select(Module)],
        File = FileOf(route.Position),
        Line = route.Position.Line,
    };

    private static ModuleEntry Module(StackEntry entry) => new(entry.Name, entry.FromStack, FileOf(entry.Position), entry.Position.Line);

    private static string? FileOf(Position position) => position.IsWritten ? position.File : null;
}
