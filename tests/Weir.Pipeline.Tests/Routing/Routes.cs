using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

/// <summary>Routes as a user writes them.</summary>
internal static class Routes
{
    public static RouteDefinition<string> Of(
        string? path, string methods = "", bool ignoresCase = false, params (string Name, string Value)[] headers) =>
        new(path ?? "any")
        {
            Path = path is null ? PathPattern.Any : Path(path, ignoresCase),
            Methods = Methods(methods),
            Conditions = [.. headers.Select(header => (IRouteCondition)Header(header.Name, header.Value))],
        };

    public static RouteTable<string> Table(params string?[] paths) => new([.. paths.Select(path => Of(path))]);

    public static PathPattern Path(string text, bool ignoresCase = false)
    {
        PathPattern.TryParse(text, ignoresCase, out PathPattern? pattern, out PatternError? error).ShouldBeTrue(error?.Cause);
        return pattern!;
    }

    public static MethodSet Methods(string names)
    {
        string[] list = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        MethodSet.TryParse(list, out MethodSet? methods, out PatternError? error).ShouldBeTrue(error?.Cause);
        return methods!;
    }

    public static HeaderCondition Header(string name, string value)
    {
        HeaderCondition.TryParse(name, value, out HeaderCondition? condition, out PatternError? error).ShouldBeTrue(error?.Cause);
        return condition!;
    }
}
