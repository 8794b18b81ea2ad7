using System.Globalization;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;
using PathPattern = Weir.Pipeline.Routing.PathPattern;

namespace Weir.Pipeline.Plans;

/// <summary>Makes the routes of a site.</summary>
internal sealed class RouteBuilder
{
    private readonly StackCompiler _stacks;
    private readonly IReadOnlyDictionary<string, UpstreamState> _upstreams;
    private readonly List<ConfigError> _errors;

    public RouteBuilder(StackCompiler stacks, IReadOnlyDictionary<string, UpstreamState> upstreams, List<ConfigError> errors)
    {
        _stacks = stacks;
        _upstreams = upstreams;
        _errors = errors;
    }

    public List<RouteDefinition<RoutePlan>> Build(SiteConfig site)
    {
        if (site.To is { } only)
        {
            return [new RouteDefinition<RoutePlan>(new RoutePlan { Name = "*", Target = Find(only) })];
        }

        List<RouteDefinition<RoutePlan>> routes = [];
        for (int i = 0; i < site.Routes.Count; i++)
        {
            if (Build(site, site.Routes[i], i) is { } route)
            {
                routes.Add(route);
            }
        }

        if (routes.Count == 0)
        {
            // A site whose stack always answers needs no route; what it lets through has nowhere to go.
            routes.Add(new RouteDefinition<RoutePlan>(new RoutePlan { Name = "none" }));
        }

        return routes;
    }

    private RouteDefinition<RoutePlan>? Build(SiteConfig site, RouteConfig config, int index)
    {
        string name = config.Path?.ToString() ?? "route " + (index + 1).ToString(CultureInfo.InvariantCulture);
        PathPattern? path = PathPattern.Any;
        if (config.Path is { } written
            && !PathPattern.TryParse(written.ToString(), config.IgnoreCase ?? site.IgnoreCase, out path, out PatternError? pathError))
        {
            Report(written.Position, pathError);
        }

        if (!MethodSet.TryParse(config.Method, out MethodSet? methods, out PatternError? methodError))
        {
            Report(config.Position, methodError);
        }

        List<IRouteCondition> conditions = [];
        foreach ((string field, ValuePattern value) in config.Header)
        {
            if (HeaderCondition.TryParse(field, value.ToString(), out HeaderCondition? condition, out PatternError? error))
            {
                conditions.Add(condition);
            }
            else
            {
                Report(value.Position, error);
            }
        }

        CompiledStack stack = _stacks.Compile(config.Stack, config.Path?.ToString());
        RoutePlan plan = new()
        {
            Name = name,
            Stack = stack,
            Target = config.To is { } target ? Find(target) : null,
            UsesCaptures = stack.Count > 0,
        };
        return path is null || methods is null
            ? null
            : new RouteDefinition<RoutePlan>(plan) { Path = path, Methods = methods, Conditions = conditions };
    }

    private UpstreamState? Find(TargetConfig target) => _upstreams.GetValueOrDefault(target.Upstream);

    private void Report(Position position, PatternError? error) =>
        _errors.Add(new ConfigError(position.File, position.Line, position.Column, error!.Cause, error.Remedy));
}
