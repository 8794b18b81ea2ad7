using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Asks a second server when the first one is slow; the first head wins. Only for idempotent requests without content.</summary>
public sealed record HedgeConfig
{
    [Option("How long the first server may take until a second one is asked too.", IsRequired = true, Min = "1ms", Max = "1h", Example = "100ms")]
    public TimeSpan After { get; init; }
}
