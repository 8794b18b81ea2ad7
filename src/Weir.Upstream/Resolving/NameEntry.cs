namespace Weir.Upstream.Resolving;

/// <summary>A host name in the resolver's table.</summary>
internal sealed class NameEntry : ResolutionEntry<ResolvedName>
{
    private readonly NameLookup _lookup;
    private readonly ResolutionRules _rules;

    public NameEntry(ResolvedName initial, NameResolverOptions options, TimeProvider time, DnsCounters counters, NameLookup lookup)
        : base(initial, options, time, counters)
    {
        _lookup = lookup;
        _rules = new ResolutionRules(options, time, counters);
    }

    protected override async ValueTask<ResolvedName> LookUpAsync(ResolvedName previous, CancellationToken cancellation) =>
        _rules.Apply(previous, await _lookup.FindAddressesAsync(previous.Host, cancellation));

    protected override ResolvedName Fail(ResolvedName previous, DnsOutcome outcome, string detail) =>
        _rules.Apply(previous, AddressAnswer.None(outcome, $"{previous.Host}: {detail}"));

    protected override bool HasChanged(ResolvedName previous, ResolvedName next) =>
        previous.IsPending || previous.Error != next.Error || !previous.HasSameAddresses(next);
}
