using Weir.Abstractions.Options;

namespace Weir.Modules.BodyLimit;

/// <summary>Options of `body_limit`.</summary>
public sealed record BodyLimitOptions
{
    [Option("The largest content of a request.", IsShorthand = true, IsRequired = true, Example = "1MiB")]
    public ByteSize Size { get; init; }
}
