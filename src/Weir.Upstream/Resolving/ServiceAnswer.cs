using System.Collections.Immutable;

namespace Weir.Upstream.Resolving;

/// <summary>The servers of a service and what is known about their hosts.</summary>
/// <param name="Records">SRV records, or one made of a written name and port.</param>
/// <param name="Ttl">Lifetime of the records, without that of the hosts.</param>
/// <param name="Targets">One for each target of the records.</param>
internal sealed record ServiceAnswer(
    IReadOnlyList<DnsRecord> Records, TimeSpan Ttl, ImmutableDictionary<string, ResolvedName> Targets);
