using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.Headers;

/// <summary>Operations on a request's fields. They run in the order of the properties.</summary>
public sealed record RequestFieldsOptions
{
    [Option(
        "The host[:port] that the origin is told in place of the client's; a template of {host}, {port} and text.",
        Example = "app.internal")]
    public string? Host { get; init; }

    [Option("Names of fields that are removed; a trailing * stands for any end.", Example = "[X-Debug, X-Internal-*]")]
    public IReadOnlyList<string> Remove { get; init; } = [];

    [Option("Fields that get another name.", Example = "{ X-Old: X-New }")]
    public IReadOnlyDictionary<string, string> Rename { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Fields that replace all of their name; the values are templates.", Example = "{ X-Client: \"{client.ip}\" }")]
    public IReadOnlyDictionary<string, string> Set { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    [Option("Fields that are added to those of their name; the values are templates.", Example = "{ X-Tag: a }")]
    public IReadOnlyDictionary<string, string> Add { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
