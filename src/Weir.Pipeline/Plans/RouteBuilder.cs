using System.Globalization;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Expressions;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;
using PathPattern = Weir.Pipeline.Routing.PathPattern;

namespace Weir.Pipeline.Plans;

/// <summary>Makes the routes of a site.</summary>
internal sealed class RouteBuilder
{
    private readonly StackCompiler _stacks;
    private readonly UsedUpstreams _upstreams;
    private readonly List<ConfigError> _errors;

    public RouteBuilder(StackCompiler stacks, UsedUpstreams upstreams, List<ConfigError> errors)
    {
        _stacks = stacks;
        _upstreams = upstreams;
        _errors = errors;
    }

    public List<RouteDefinition<RoutePlan>> Build(SiteConfig site)
    {
        if (site.To is { } only)
        {
            RoutePlan route = new() { Name = "*", Target = Find(only), IsLowPriority = site.Priority == RoutePriority.Low };
            return [new RouteDefinition<RoutePlan>(route)];
        }

        List<RouteDefinition<RoutePlan>> routes = [];
        Dictionary<string, int> named = new(StringComparer.Ordinal);
        for (int i = 0; i < site.Routes.Count; i++)
        {
            if (Build(site, site.Routes[i], NameOf(site.Routes[i], i, named)) is { } route)
            {
                routes.Add(route);
            }
        }

        if (routes.Count == site.Routes.Count)
        {
            ReportUnreachable(site, routes);
        }

        if (routes.Count == 0)
        {
            // A site whose stack always answers needs no route; what it lets through has nowhere to go.
            routes.Add(new RouteDefinition<RoutePlan>(new RoutePlan { Name = "none" }));
        }

        return routes;
    }

    // Its path; where several routes of the site have one path, their number among them behind it, from the second on.
    private static string NameOf(RouteConfig config, int index, Dictionary<string, int> named)
    {
        if (config.Path?.ToString() is not { } path)
        {
            return string.Create(CultureInfo.InvariantCulture, $"route {index + 1}");
        }

        int number = named[path] = named.GetValueOrDefault(path) + 1;
        return number == 1 ? path : string.Create(CultureInfo.InvariantCulture, $"{path} ({number})");
    }

    private RouteDefinition<RoutePlan>? Build(SiteConfig site, RouteConfig config, string name)
    {
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

        List<IRouteCondition> conditions = Conditions(config);
        CompiledStack stack = _stacks.Compile(
            config.Stack, config.Path?.ToString(), $"site {site.Name} route {name}", RouteIdentity.Of(site.Name, config));
        RoutePlan plan = new()
        {
            Name = name,
            Stack = stack,
            Target = config.To is { } target ? Find(target) : null,
            Split = config.Split is { } split ? BuildSplit(split) : null,
            UsesCaptures = stack.Count > 0,
            IsLowPriority = (config.Priority ?? site.Priority) == RoutePriority.Low,
        };
        return path is null || methods is null
            ? null
            : new RouteDefinition<RoutePlan>(plan) { Path = path, Methods = methods, Conditions = conditions };
    }

    private void ReportUnreachable(SiteConfig site, List<RouteDefinition<RoutePlan>> routes)
    {
        foreach (UnreachableRoute unreachable in RouteAnalysis.Unreachable(routes))
        {
            Position position = site.Routes[unreachable.Route].Position;
            int line = site.Routes[unreachable.CoveredBy].Position.Line;
            _errors.Add(new ConfigError(
                position.File ?? "", position.Line, position.Column, $"This route can never match. {unreachable.Reason}",
                $"Move it above line {line}, or remove it; the first route that matches wins.", IsWarning: true));
        }
    }

    private List<IRouteCondition> Conditions(RouteConfig config)
    {
        List<IRouteCondition> conditions = [];
        if (config.Client.Count > 0)
        {
            conditions.Add(new ClientCondition(config.Client));
        }

        foreach ((string field, ValuePattern value) in config.Header)
        {
            Add(HeaderCondition.TryParse(field, value.ToString(), out HeaderCondition? condition, out PatternError? error), condition, error, value);
        }

        foreach ((string name, ValuePattern value) in config.Query)
        {
            Add(QueryCondition.TryParse(name, value.ToString(), out QueryCondition? condition, out PatternError? error), condition, error, value);
        }

        foreach ((string name, ValuePattern value) in config.Cookie)
        {
            Add(CookieCondition.TryParse(name, value.ToString(), out CookieCondition? condition, out PatternError? error), condition, error, value);
        }

        // Dearer than the others: asked last.
        if (config.When is { } when && Compile(when) is { } compiled)
        {
            conditions.Add(new ExpressionCondition(compiled));
        }

        return conditions;

        void Add(bool isRead, IRouteCondition? condition, PatternError? error, ValuePattern value)
        {
            if (isRead)
            {
                conditions.Add(condition!);
            }
            else
            {
                Report(value.Position, error);
            }
        }
    }

    private SplitPlan BuildSplit(SplitConfig config)
    {
        List<KeyValuePair<Condition, UpstreamState?>> chosen = [];
        foreach ((string name, ExpressionText when) in config.When)
        {
            if (Compile(when) is { } compiled)
            {
                chosen.Add(new(compiled, _upstreams.Find(name)));
            }
        }

        return new([.. config.To.Select(side => KeyValuePair.Create(_upstreams.Find(side.Key), side.Value.Value))], config.Sticky) { Chosen = [.. chosen] };
    }

    private Condition? Compile(ExpressionText written)
    {
        if (!ExpressionCompiler.TryCompile(written.Text, ExpressionScope.Request, out Condition? condition, out ExpressionError? error))
        {
            Position place = written.PlaceOf(error.Offset);
            _errors.Add(new ConfigError(place.File, place.Line, place.Column, $"when: {error.Cause}", error.Remedy));
        }

        return condition;
    }

    private UpstreamState? Find(TargetConfig target) => _upstreams.Find(target.Upstream);

    private void Report(Position position, PatternError? error) =>
        _errors.Add(new ConfigError(position.File, position.Line, position.Column, error!.Cause, error.Remedy));
}
