using System.Collections.ObjectModel;
using Weir.Abstractions.Options;

namespace Weir.Modules.Respond;

/// <summary>Options of `respond`.</summary>
public sealed record RespondOptions
{
    [Option("The status code.", IsShorthand = true, Min = "200", Max = "599")]
    public int Status { get; init; } = 200;

    [Option("The content, as text.", Example = "Back soon.")]
    public string? Body { get; init; }

    [Option("A file with the content, read when the configuration loads.", Example = "maintenance.html")]
    public string? BodyFile { get; init; }

    [Option("The content's type.", Default = "text/plain; charset=utf-8 for body, by the name's end for body_file")]
    public string? ContentType { get; init; }

    [Option("Further fields; the values are templates.", Example = "{ Retry-After: 60 }")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
