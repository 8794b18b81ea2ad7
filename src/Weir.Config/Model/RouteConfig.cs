using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>One route: it matches when everything that it names matches.</summary>
[OptionRule(OptionRule.AtMostOne, "to", "split")]
[OptionRule(OptionRule.AtLeastOne, "to", "split", "stack")]
public sealed record RouteConfig
{
    [Option("The path: exact, `/x/*` for /x and everything below it, or `~ REGEX`.", Default = "any", Example = "/api/*")]
    public PathPattern? Path { get; init; }

    [Option("The methods.", Default = "any", Example = "[GET, POST]")]
    [Syntax(Syntax.Method)]
    public IReadOnlyList<string> Method { get; init; } = [];

    [Option("Header fields and their values: exact, or `~ REGEX`.", Example = "{ X-Version: \"2\" }")]
    [KeySyntax(Syntax.FieldName)]
    public IReadOnlyDictionary<string, ValuePattern> Header { get; init; } = OptionMap<ValuePattern>.Empty;

    [Option("Query parameters and their values: exact, or `~ REGEX`.")]
    public IReadOnlyDictionary<string, ValuePattern> Query { get; init; } = OptionMap<ValuePattern>.Empty;

    [Option("Cookies and their values: exact, or `~ REGEX`.")]
    [KeySyntax(Syntax.Token)]
    public IReadOnlyDictionary<string, ValuePattern> Cookie { get; init; } = OptionMap<ValuePattern>.Empty;

    [Option("The clients' addresses.", Default = "any", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> Client { get; init; } = [];

    [Option("An expression that must be true of the request; see the reference of expressions.", Default = "none", Example = "size(request.query) < 1000")]
    public ExpressionText? When { get; init; }

    /// <summary>After reading it is set wherever there is a path.</summary>
    [Option("Whether upper and lower case are the same in the path.", Default = "the site's")]
    public bool? IgnoreCase { get; init; }

    [Option("Whether requests are refused with 503 while Weir is overloaded (limits.overload).", Default = "the site's")]
    public RoutePriority? Priority { get; init; }

    [Option("Modules that run after routing, in this order; answers pass them in reverse.")]
    public IReadOnlyList<StackEntry> Stack { get; init; } = [];

    [Option("The destination: an upstream's name, a URL, or a list of URLs.", Default = "none")]
    public TargetConfig? To { get; init; }

    [Option("Several destinations by share.", Default = "none")]
    public SplitConfig? Split { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
