using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>What a lookup brought for both families.</summary>
internal sealed record AddressAnswer(FamilyAnswer V4, FamilyAnswer V6)
{
    /// <summary>There is an address to connect to.</summary>
    public bool IsFound => V4.IsFound || V6.IsFound;

    /// <summary>The servers said that the name has no address of either family.</summary>
    public bool IsDenial => V4.IsDenial && V6.IsDenial;

    /// <summary>A server stayed silent: to go on with another name could only find another host by accident.</summary>
    public bool HasTimedOut => V4.Outcome == DnsOutcome.TimedOut || V6.Outcome == DnsOutcome.TimedOut;

    /// <summary>The first family's problem, or the second's.</summary>
    public string Detail => V4.Detail.Length > 0 && !V4.IsDenial ? V4.Detail : V6.Detail.Length > 0 && !V6.IsDenial ? V6.Detail : V4.Detail;

    /// <summary>The lesser lifetime of what was found, else of the denials; zero when unknown.</summary>
    public TimeSpan Ttl => IsFound
        ? Least(V4.IsFound ? V4.Ttl : TimeSpan.Zero, V6.IsFound ? V6.Ttl : TimeSpan.Zero)
        : Least(V4.Ttl, V6.Ttl);

    /// <summary>Addresses that need no server: literals, localhost, hosts.</summary>
    public static AddressAnswer Of(IReadOnlyList<IpAddress> addresses) => new(
        OfFamily([.. addresses.Where(static a => a.IsIPv4)]),
        OfFamily([.. addresses.Where(static a => !a.IsIPv4)]));

    /// <summary>The same problem for both families.</summary>
    public static AddressAnswer None(DnsOutcome outcome, string detail, TimeSpan ttl = default)
    {
        FamilyAnswer family = FamilyAnswer.None(outcome, detail, ttl);
        return new AddressAnswer(family, family);
    }

    private static FamilyAnswer OfFamily(IReadOnlyList<IpAddress> addresses) => addresses.Count > 0
        ? new FamilyAnswer(DnsOutcome.Found, addresses, DnsTtl.Max, "")
        : FamilyAnswer.None(DnsOutcome.NoRecords, "", DnsTtl.Max);

    private static TimeSpan Least(TimeSpan left, TimeSpan right) =>
        left == TimeSpan.Zero ? right : right == TimeSpan.Zero || left < right ? left : right;
}
