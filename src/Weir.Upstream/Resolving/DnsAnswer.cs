namespace Weir.Upstream.Resolving;

/// <summary>The result of one lookup: records, a denial, or a failure.</summary>
/// <param name="Outcome">Which of these.</param>
/// <param name="Records">The records of the asked type, aliases followed; empty unless found.</param>
/// <param name="Ttl">How long it may be used, already bounded; zero when the servers said nothing about it.</param>
/// <param name="Detail">For the operator: what happened, and at which server. Empty when found.</param>
internal sealed record DnsAnswer(DnsOutcome Outcome, IReadOnlyList<DnsRecord> Records, TimeSpan Ttl, string Detail)
{
    /// <summary>Whether the servers said, with authority, that there is nothing.</summary>
    public bool IsDenial => Outcome is DnsOutcome.NoName or DnsOutcome.NoRecords;

    /// <summary>An answer without records.</summary>
    public static DnsAnswer Without(DnsOutcome outcome, string detail, TimeSpan ttl = default) => new(outcome, [], ttl, detail);
}
