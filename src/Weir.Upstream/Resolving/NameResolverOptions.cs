using System.Net;

namespace Weir.Upstream.Resolving;

/// <summary>How names are resolved. The defaults are those of the machine.</summary>
public sealed record NameResolverOptions
{
    /// <summary>Where the servers and the search list come from; a missing file means 127.0.0.1.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>Names that win over the DNS; a missing file has none.</summary>
    public string HostsPath { get; init; } = "/etc/hosts";

    /// <summary>Asked instead of resolv.conf's servers; null for those. At least one.</summary>
    public IReadOnlyList<IPEndPoint>? Servers { get; init; }

    /// <summary>Which family is tried first (RFC 8305 section 4).</summary>
    public bool PrefersIPv6 { get; init; } = true;

    /// <summary>How often the two files are looked at.</summary>
    public TimeSpan FileCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that one lookup, with all its servers, attempts and aliases, may take.</summary>
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the last good addresses stay when the servers say that the name no longer exists: for good, unless told otherwise. A
    /// mistake in a zone must not take a site down, and whether an address still serves is what health checks find out. (When the servers
    /// fail, instead of denying, the addresses always stay.)
    /// </summary>
    public TimeSpan DenialHold { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>From 0 to 1: where in the last tenth of its lifetime a name is refreshed, so that names do not march in step.</summary>
    internal Func<double> NextJitter { get; init; } = Random.Shared.NextDouble;
}
