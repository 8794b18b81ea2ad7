using System.Collections.Immutable;
using System.Globalization;

namespace Weir.Upstream.Resolving;

/// <summary>
/// A service in the resolver's table. With a port ("app.internal:8080") every address of the host is a server; without one the name's SRV
/// records give hosts and ports (RFC 2782).
/// </summary>
internal sealed class ServiceEntry : ResolutionEntry<ResolvedServers>
{
    // More servers than anybody balances over; the rest of a crafted answer is not looked up.
    private const int MaxRecords = 256;

    private readonly NameLookup _lookup;
    private readonly ResolutionRules _rules;

    public ServiceEntry(ResolvedServers initial, NameResolverOptions options, TimeProvider time, DnsCounters counters, NameLookup lookup)
        : base(initial, options, time, counters)
    {
        _lookup = lookup;
        _rules = new ResolutionRules(options, time, counters);
    }

    protected override async ValueTask<ResolvedServers> LookUpAsync(ResolvedServers previous, CancellationToken cancellation)
    {
        DnsAnswer answer = await FindRecordsAsync(previous.Service, cancellation);
        if (answer.Outcome != DnsOutcome.Found)
        {
            return _rules.Apply(previous, answer);
        }

        // RFC 2782: a target of "." says that the service is decidedly not available here.
        DnsRecord[] records = [.. answer.Records.Where(static r => r.Target.Length > 0).Take(MaxRecords)];
        if (records.Length == 0)
        {
            string detail = $"{previous.Service}: the service is not offered (SRV target \".\").";
            return _rules.Apply(previous, DnsAnswer.Without(DnsOutcome.NoRecords, detail, answer.Ttl));
        }

        string[] targets = [.. records.Select(static r => r.Target).Distinct(StringComparer.Ordinal)];
        ResolvedName[] hosts = await Task.WhenAll(targets.Select(target => FindTargetAsync(previous, target, cancellation)));
        ImmutableDictionary<string, ResolvedName> found = targets.Zip(hosts).ToImmutableDictionary(
            static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);
        return _rules.Apply(previous, new ServiceAnswer(records, answer.Ttl, found));
    }

    protected override ResolvedServers Fail(ResolvedServers previous, DnsOutcome outcome, string detail) =>
        _rules.Apply(previous, DnsAnswer.Without(outcome, $"{previous.Service}: {detail}"));

    protected override bool HasChanged(ResolvedServers previous, ResolvedServers next) =>
        previous.IsPending || previous.Error != next.Error || !previous.HasSameServers(next);

    private ValueTask<DnsAnswer> FindRecordsAsync(string service, CancellationToken cancellation)
    {
        // "[::1]:80" has its last colon behind the bracket; a name has no other colon than the port's.
        int colon = service.LastIndexOf(':');
        if (colon <= service.LastIndexOf(']'))
        {
            return _lookup.FindServersAsync(service, cancellation);
        }

        if (!ushort.TryParse(service.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return new(DnsAnswer.Without(DnsOutcome.NoName, $"\"{service}\" does not end in a port from 1 to 65535.", DnsTtl.Max));
        }

        DnsRecord written = new(service, DnsType.Srv, 0) { Target = service[..colon], Port = port };
        return new(new DnsAnswer(DnsOutcome.Found, [written], DnsTtl.Max, ""));
    }

    private async Task<ResolvedName> FindTargetAsync(ResolvedServers previous, string target, CancellationToken cancellation)
    {
        // RFC 2782: a target is a complete name; the search list is for what people write.
        bool isWritten = previous.Service.Length > target.Length && previous.Service[target.Length] == ':'
            && previous.Service.StartsWith(target, StringComparison.Ordinal);
        AddressAnswer answer = await _lookup.FindAddressesAsync(isWritten ? target : target + ".", cancellation);
        ResolvedName known = previous.Targets.GetValueOrDefault(target) ?? new ResolvedName(target, []);
        return _rules.Apply(known, answer);
    }
}
