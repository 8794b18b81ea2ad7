using System.Collections.Immutable;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>What a new answer makes of what was known: the one place that decides which addresses stay, for how long, and why.</summary>
internal sealed class ResolutionRules
{
    private static readonly TimeSpan _maxBackOff = TimeSpan.FromSeconds(30);

    private readonly NameResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly DnsCounters _counters;

    public ResolutionRules(NameResolverOptions options, TimeProvider time, DnsCounters counters)
    {
        _options = options;
        _time = time;
        _counters = counters;
    }

    /// <summary>The wait after so many failures in a row: 1, 2, 4, 8, 16, then 30 s.</summary>
    public static TimeSpan BackOff(int failures)
    {
        TimeSpan delay = TimeSpan.FromSeconds(1 << Math.Clamp(failures - 1, 0, 10));
        return delay < _maxBackOff ? delay : _maxBackOff;
    }

    /// <summary>A host after a lookup.</summary>
    public ResolvedName Apply(ResolvedName previous, AddressAnswer answer)
    {
        if (!answer.IsFound)
        {
            return KeepOrEmpty(previous, answer);
        }

        // A family whose servers failed keeps its addresses; one that was denied beside a found one is really gone.
        bool isPartial = !(answer.V4.IsFound || answer.V4.IsDenial) || !(answer.V6.IsFound || answer.V6.IsDenial);
        IEnumerable<IpAddress> v4 = Choose(answer.V4, previous.Addresses, isIPv4: true);
        IEnumerable<IpAddress> v6 = Choose(answer.V6, previous.Addresses, isIPv4: false);
        int failures = isPartial ? previous.Failures + 1 : 0;
        TimeSpan ttl = isPartial && BackOff(failures) < answer.Ttl ? BackOff(failures) : answer.Ttl;
        return new ResolvedName(previous.Host, Order([.. v4, .. v6]))
        {
            Failures = failures,
            ErrorText = isPartial ? answer.Detail : "",
            Ttl = ttl,
            TakenAt = _time.GetTimestamp(),
            ExpiresAt = _time.GetUtcNow() + ttl,
        };
    }

    /// <summary>A host whose answer cannot change.</summary>
    public ResolvedName Fix(string host, AddressAnswer answer) =>
        new(host, Order([.. answer.V4.Addresses, .. answer.V6.Addresses]))
        {
            Error = answer.IsFound ? null : ProxyErrors.DnsError,
            ErrorText = answer.IsFound ? "" : answer.Detail,
            Ttl = Timeout.InfiniteTimeSpan,
            ExpiresAt = DateTimeOffset.MaxValue,
        };

    /// <summary>A service after a lookup that brought its servers.</summary>
    public ResolvedServers Apply(ResolvedServers previous, ServiceAnswer answer)
    {
        TimeSpan ttl = answer.Ttl;
        ResolvedName? problem = null;
        List<ResolvedServer> servers = [];
        foreach (DnsRecord record in answer.Records)
        {
            ResolvedName target = answer.Targets[record.Target];
            problem = target.Error is null ? problem : target;
            ttl = target.Ttl < ttl ? target.Ttl : ttl;
            foreach (IpAddress address in target.Addresses)
            {
                servers.Add(new ResolvedServer(target.Host, address, record.Port, record.Priority, record.Weight));
            }
        }

        IEnumerable<ResolvedServer> ordered = servers.Distinct()
            .OrderBy(static s => s.Priority)
            .ThenBy(static s => s.Target, StringComparer.Ordinal);
        return new ResolvedServers(previous.Service, [.. ordered])
        {
            Targets = answer.Targets,
            Error = problem?.Error,
            ErrorText = problem?.ErrorText ?? "",
            Failures = problem is null ? 0 : previous.Failures + 1,
            Ttl = ttl,
            TakenAt = _time.GetTimestamp(),
            ExpiresAt = _time.GetUtcNow() + ttl,
        };
    }

    /// <summary>A service after a lookup that brought none.</summary>
    public ResolvedServers Apply(ResolvedServers previous, DnsAnswer answer)
    {
        bool isTimeout = answer.Outcome == DnsOutcome.TimedOut;
        Judgement judgement = Judge(previous, !previous.Servers.IsEmpty, answer.IsDenial, isTimeout, answer.Ttl);
        return new ResolvedServers(previous.Service, judgement.IsKept ? previous.Servers : [])
        {
            Targets = judgement.IsKept ? previous.Targets : ImmutableDictionary<string, ResolvedName>.Empty,
            Error = judgement.Error,
            ErrorText = answer.Detail,
            Failures = previous.Failures + 1,
            DeniedSince = judgement.DeniedSince,
            Ttl = judgement.Ttl,
            TakenAt = _time.GetTimestamp(),
            ExpiresAt = _time.GetUtcNow() + judgement.Ttl,
        };
    }

    private static IEnumerable<IpAddress> Choose(FamilyAnswer answer, ImmutableArray<IpAddress> previous, bool isIPv4) =>
        answer.IsFound ? answer.Addresses : answer.IsDenial ? [] : previous.Where(address => address.IsIPv4 == isIPv4);

    private ImmutableArray<IpAddress> Order(ReadOnlySpan<IpAddress> addresses) =>
        [.. AddressOrder.Interleave(addresses, _options.PrefersIPv6)];

    private ResolvedName KeepOrEmpty(ResolvedName previous, AddressAnswer answer)
    {
        bool isTimeout = answer.HasTimedOut && answer.V4.Outcome != DnsOutcome.Failed && answer.V6.Outcome != DnsOutcome.Failed;
        Judgement judgement = Judge(previous, !previous.Addresses.IsEmpty, answer.IsDenial, isTimeout, answer.Ttl);
        return new ResolvedName(previous.Host, judgement.IsKept ? previous.Addresses : [])
        {
            Error = judgement.Error,
            ErrorText = answer.Detail,
            Failures = previous.Failures + 1,
            DeniedSince = judgement.DeniedSince,
            Ttl = judgement.Ttl,
            TakenAt = _time.GetTimestamp(),
            ExpiresAt = _time.GetUtcNow() + judgement.Ttl,
        };
    }

    private Judgement Judge(Resolution previous, bool hasGood, bool isDenial, bool isTimeout, TimeSpan denialTtl)
    {
        TimeSpan backOff = BackOff(previous.Failures + 1);
        ProxyError error = isTimeout ? ProxyErrors.DnsTimeout : ProxyErrors.DnsError;
        if (!isDenial)
        {
            _counters.CountFailure();
            CountKept(hasGood);
            return new Judgement(hasGood, error, backOff, previous.DeniedSince);
        }

        _counters.CountDenial();
        long deniedSince = previous.DeniedSince ?? _time.GetTimestamp();
        bool isHeld = hasGood
            && (_options.DenialHold == Timeout.InfiniteTimeSpan || _time.GetElapsedTime(deniedSince) < _options.DenialHold);
        CountKept(isHeld);

        // While addresses are held against the servers' word, they are asked again soon: both that word and ours may be wrong.
        TimeSpan ttl = denialTtl == TimeSpan.Zero || (isHeld && backOff < denialTtl) ? backOff : denialTtl;
        return new Judgement(isHeld, error, ttl, deniedSince);
    }

    private void CountKept(bool isKept)
    {
        if (isKept)
        {
            _counters.CountKeptAddresses();
        }
    }

    private readonly record struct Judgement(bool IsKept, ProxyError Error, TimeSpan Ttl, long? DeniedSince);
}
