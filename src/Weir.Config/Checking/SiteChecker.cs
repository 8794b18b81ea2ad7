using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>Sites and their routes.</summary>
internal static class SiteChecker
{
    internal static SiteConfig Check(SiteConfig site, StackResolver stacks, TargetResolver targets, ErrorList errors)
    {
        TargetConfig? to = targets.Resolve(site.To);
        List<RouteConfig> routes = [.. site.Routes.Select(route => Check(route, site, stacks, targets, errors))];
        if (to is not null && routes.Count == 0)
        {
            routes.Add(new RouteConfig { To = to, Position = to.Position });
        }

        return site with
        {
            Hosts = HostKeys.Parse(site.Name, site.Position, errors),
            To = to,
            Stack = stacks.Resolve(site.Stack),
            Routes = routes,
        };
    }

    private static RouteConfig Check(RouteConfig route, SiteConfig site, StackResolver stacks, TargetResolver targets, ErrorList errors)
    {
        foreach (string name in route.Split?.To.Keys ?? [])
        {
            targets.CheckName(name, route.Split!.Position);
        }

        foreach ((string name, ExpressionText when) in route.Split?.When ?? OptionMap<ExpressionText>.Empty)
        {
            if (!route.Split!.To.ContainsKey(name))
            {
                errors.Error(when.Position, $"The split has no share for \"{name}\".", "Name it under to, perhaps with 0%.");
            }
        }

        CheckSplit(route.Split, errors);
        CheckFieldNames(route, errors);
        if (route is { IgnoreCase: not null, Path: null })
        {
            errors.Warning(route.Position, "A route has ignore_case without a path.", "Remove it: it concerns the path only.");
        }

        return route with
        {
            IgnoreCase = route.Path is null ? null : route.IgnoreCase ?? site.IgnoreCase,
            Stack = stacks.Resolve(route.Stack),
            To = targets.Resolve(route.To),
        };
    }

    private static void CheckSplit(SplitConfig? split, ErrorList errors)
    {
        double sum = split?.To.Values.Sum(share => share.Value) ?? 100;
        if (Math.Abs(sum - 100) > 0.001)
        {
            errors.Error(split!.Position, $"The shares come to {Shapes.ScalarShapes.Format(sum)}%.", "Make them 100% together.");
        }
    }

    private static void CheckFieldNames(RouteConfig route, ErrorList errors)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, ValuePattern value) in route.Header)
        {
            if (!seen.Add(name))
            {
                errors.Error(
                    value.Position,
                    $"The header field \"{name}\" is there twice: upper and lower case are the same in field names.",
                    "Keep one; `~ a|b` matches either of two values.");
            }
        }
    }
}
