using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record HeadersOptions
{
    [Option("Fields to set.", Example = "{ X-Frame-Options: DENY }")]
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    [Option("Fields to remove.")]
    public IReadOnlyList<string> Remove { get; init; } = [];

    [Option("The same for responses.")]
    public HeadersResponseOptions Response { get; init; } = new();
}
