using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Challenges;
using Weir.Pipeline.ErrorPages;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Plans;

/// <summary>
/// The compiled configuration: immutable, pinned by each exchange from its start to its end, swapped as a whole by a reload.
/// </summary>
public sealed class Plan
{
    /// <summary>The sites by host.</summary>
    public required SiteTable<SitePlan> Sites { get; init; }

    /// <summary>Pages for errors that Weir makes itself.</summary>
    public required ErrorPageSet ErrorPages { get; init; }

    /// <summary>What is said about the client and this proxy to origins.</summary>
    public required IdentityPolicy Identity { get; init; }

    /// <summary>The upstreams by name, for fetches.</summary>
    public IReadOnlyDictionary<string, UpstreamState> Upstreams { get; init; } = new Dictionary<string, UpstreamState>(
        StringComparer.Ordinal);

    /// <summary>Proofs that issuers of certificates look for; null where none are got that way.</summary>
    public HttpChallenges? Challenges { get; init; }

    /// <summary>Who is kept out, whatever the modules say.</summary>
    public BanList Bans { get; init; } = new();

    /// <summary>Whether there is too much to do.</summary>
    public Overload Overload { get; init; } = new();

    /// <summary>Modules that act by the clock, in the order of the file.</summary>
    public IReadOnlyList<TimedStep> Timed { get; init; } = [];

    /// <summary>Limits of tunnels.</summary>
    public TunnelLimits Tunnels { get; init; } = new();
}
