using Weir.Abstractions.Options;

namespace Weir.Config.Tests.Modules;

public sealed record HeadersResponseOptions
{
    [Option("Fields to set.")]
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();
}
