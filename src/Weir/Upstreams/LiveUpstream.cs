using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>
/// An upstream as it runs, with the configuration it was made from. Replaced by a reload that changes it; its state goes on.
/// </summary>
internal sealed class LiveUpstream
{
    /// <summary>The configuration.</summary>
    public required UpstreamConfig Config { get; init; }

    /// <summary>Its options as text, to be compared.</summary>
    public required string Text { get; init; }

    /// <summary>Limits of its connections.</summary>
    public required OriginLimits Limits { get; init; }

    /// <summary>What exchanges use.</summary>
    public required UpstreamState State { get; init; }

    /// <summary>Servers by URL, in the order of the configuration.</summary>
    public required IReadOnlyList<LiveServer> Fixed { get; init; }

    /// <summary>Servers by name; null when there are none.</summary>
    public ResolvedServerSet? Resolved { get; init; }
}
