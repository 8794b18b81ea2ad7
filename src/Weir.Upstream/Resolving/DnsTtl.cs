namespace Weir.Upstream.Resolving;

/// <summary>The bounds within which lifetimes that servers send are believed.</summary>
internal static class DnsTtl
{
    /// <summary>A TTL of 0 would ask without pause.</summary>
    public static readonly TimeSpan Min = TimeSpan.FromSeconds(1);

    /// <summary>A mistyped TTL of a year must not outlive the mistake.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromHours(1);

    /// <summary>A denial ends when someone creates the name, and whoever does so is waiting: believe it for a minute at most.</summary>
    public static readonly TimeSpan MaxDenial = TimeSpan.FromMinutes(1);

    public static TimeSpan Clamp(uint seconds) => Clamp(TimeSpan.FromSeconds(seconds));

    public static TimeSpan Clamp(TimeSpan ttl) => ttl < Min ? Min : ttl > Max ? Max : ttl;

    /// <summary>RFC 2308 section 5: the lesser of the SOA's own TTL and its MINIMUM; zero without a SOA.</summary>
    public static TimeSpan OfDenial(DnsMessage message)
    {
        foreach (DnsRecord record in message.Authorities)
        {
            if (record.Type == DnsType.Soa)
            {
                TimeSpan ttl = Clamp(Math.Min(record.TtlSeconds, record.Minimum));
                return ttl < MaxDenial ? ttl : MaxDenial;
            }
        }

        return TimeSpan.Zero;
    }
}
