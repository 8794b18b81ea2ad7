using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>The order in which addresses are tried.</summary>
public static class AddressOrder
{
    /// <summary>
    /// RFC 8305 section 4: the families take turns, so that a broken one costs a single attempt. Within a family the given order stays:
    /// DNS servers rotate it to spread load. Duplicates and addresses that are none (0.0.0.0, ::) are dropped.
    /// </summary>
    /// <param name="addresses">Both families, mixed in any way.</param>
    /// <param name="prefersIPv6">Which family begins.</param>
    public static IpAddress[] Interleave(ReadOnlySpan<IpAddress> addresses, bool prefersIPv6 = true)
    {
        List<IpAddress> first = new(addresses.Length);
        List<IpAddress> second = new(addresses.Length);
        HashSet<IpAddress> seen = new(addresses.Length);
        foreach (IpAddress address in addresses)
        {
            // Connecting to 0.0.0.0 reaches this very machine: a name that is blocked by such an answer would be served by us.
            if (address.IsNone || (address.IsIPv4 && address.IPv4 == 0) || !seen.Add(address))
            {
                continue;
            }

            (address.IsIPv4 != prefersIPv6 ? first : second).Add(address);
        }

        List<IpAddress> ordered = new(first.Count + second.Count);
        for (int i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count)
            {
                ordered.Add(first[i]);
            }

            if (i < second.Count)
            {
                ordered.Add(second[i]);
            }
        }

        return [.. ordered];
    }
}
