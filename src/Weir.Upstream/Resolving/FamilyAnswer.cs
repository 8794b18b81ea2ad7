using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>What a lookup brought for one address family.</summary>
/// <param name="Outcome">Found only with at least one address.</param>
/// <param name="Addresses">In the server's order.</param>
/// <param name="Ttl">How long it holds; zero when unknown.</param>
/// <param name="Detail">Why there are none.</param>
internal sealed record FamilyAnswer(DnsOutcome Outcome, IReadOnlyList<IpAddress> Addresses, TimeSpan Ttl, string Detail)
{
    public bool IsFound => Outcome == DnsOutcome.Found;

    public bool IsDenial => Outcome is DnsOutcome.NoName or DnsOutcome.NoRecords;

    public static FamilyAnswer None(DnsOutcome outcome, string detail, TimeSpan ttl = default) => new(outcome, [], ttl, detail);

    public static FamilyAnswer From(DnsAnswer answer)
    {
        List<IpAddress> addresses = [];
        foreach (DnsRecord record in answer.Records)
        {
            // An IPv4 address inside an AAAA record would sidestep whatever is decided about families.
            if (record.Address.IsIPv4 == (record.Type == DnsType.A))
            {
                addresses.Add(record.Address);
            }
        }

        IpAddress[] usable = AddressOrder.Interleave([.. addresses]);
        return answer.Outcome == DnsOutcome.Found && usable.Length == 0
            ? None(DnsOutcome.NoRecords, $"{answer.Records[0].Name}: only the unspecified address (a blocked name?).", answer.Ttl)
            : new FamilyAnswer(answer.Outcome, usable, answer.Ttl, answer.Detail);
    }
}
