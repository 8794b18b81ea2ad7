using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.Headers;

/// <summary>Operations on a response's fields. They run in the order of the properties.</summary>
public sealed record ResponseFieldsOptions
{
    [Option("Names of fields that are removed; a trailing * stands for any end.", Example = "[Server, X-Powered-*]")]
    public IReadOnlyList<string> Remove { get; init; } = [];

    [Option("Fields that get another name.", Example = "{ X-Old: X-New }")]
    public IReadOnlyDictionary<string, string> Rename { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Fields that replace all of their name; the values are templates.", Example = "{ X-Frame-Options: DENY }")]
    public IReadOnlyDictionary<string, string> Set { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Fields that are added to those of their name; the values are templates.", Example = "{ Link: \"</style.css>; rel=preload\" }")]
    public IReadOnlyDictionary<string, string> Add { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
