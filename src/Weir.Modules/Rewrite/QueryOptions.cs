using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.Rewrite;

/// <summary>What is done to a query. The three operations run in the order of the properties.</summary>
public sealed record QueryOptions
{
    [Option("Names of parameters that are removed; a trailing * stands for any end.", Example = "[debug, utm_*]")]
    public IReadOnlyList<string> Remove { get; init; } = [];

    [Option("Parameters that replace all of their name; the values are templates.", Example = "{ lang: en }")]
    public IReadOnlyDictionary<string, string> Set { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Parameters that are added; the values are templates.", Example = "{ from: weir }")]
    public IReadOnlyDictionary<string, string> Add { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("The whole query, as a template, instead of the operations.", IsShorthand = true, Example = "page={path.1}{&query}")]
    public string? Template { get; init; }
}
