namespace Weir.Upstream.Resolving;

/// <summary>Follows the CNAME chain inside one message.</summary>
/// <param name="Name">The name at the end of the chain.</param>
/// <param name="Hops">Aliases followed.</param>
/// <param name="TtlSeconds">The least TTL of the chain and of the records.</param>
/// <param name="Records">The records of the asked type that the last name has; may be empty.</param>
internal readonly record struct DnsAlias(string Name, int Hops, uint TtlSeconds, IReadOnlyList<DnsRecord> Records)
{
    /// <summary>Aliases that one lookup follows, over all its messages: more are a loop or a mistake.</summary>
    public const int MaxHops = 8;

    /// <summary>Reads from the question's name on; stops behind <paramref name="maxHops"/> + 1 hops.</summary>
    public static DnsAlias Follow(IReadOnlyList<DnsRecord> answers, DnsQuestion question, int maxHops)
    {
        string name = question.Name;
        uint ttl = uint.MaxValue;
        for (int hops = 0; ; hops++)
        {
            List<DnsRecord> records = [];
            DnsRecord? alias = null;
            foreach (DnsRecord record in answers)
            {
                if (!string.Equals(record.Name, name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (record.Type == question.Type)
                {
                    records.Add(record);
                }

                alias ??= record.Type == DnsType.CName ? record : null;
            }

            foreach (DnsRecord record in records)
            {
                ttl = Math.Min(ttl, record.TtlSeconds);
            }

            if (records.Count > 0 || alias is null || hops > maxHops)
            {
                return new DnsAlias(name, hops, ttl, records);
            }

            ttl = Math.Min(ttl, alias.TtlSeconds);
            name = alias.Target;
        }
    }
}
