using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>X-Forwarded-For: addresses, the client's first, each proxy adding the peer it saw.</summary>
public static class XForwardedFor
{
    /// <summary>
    /// Reads the addresses nearest first: walk them while they are trusted proxies; the first that is not is the client. A member
    /// that is no address is <see cref="IpAddress.None"/>, which nobody trusts, so the walk ends there.
    /// </summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="nearestFirst">Room for as many hops as can be trusted, at least one; the farthest are left out.</param>
    /// <returns>How many there are.</returns>
    public static int Read(HeaderFields fields, Span<IpAddress> nearestFirst)
    {
        HopAddresses hops = new(nearestFirst);
        for (int slot = fields.Find(KnownField.XForwardedFor); slot >= 0; slot = fields.Find(KnownField.XForwardedFor, slot + 1))
        {
            AddAll(fields.ValueAt(slot), ref hops);
        }

        return hops.Finish();
    }

    // Commas separate, whatever stands between them: a quotation mark that a client sent would otherwise hide what the proxies behind it
    // add.
    private static void AddAll(ReadOnlySpan<byte> value, ref HopAddresses hops)
    {
        while (!value.IsEmpty)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> member = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            value = comma < 0 ? default : value[(comma + 1)..];
            if (!member.IsEmpty)
            {
                hops.Add(NodeText.TryParse(member, out IpAddress address) ? address : IpAddress.None);
            }
        }
    }

    /// <summary>Adds an address at the end of what is there.</summary>
    public static void Append(HeaderFields fields, IpAddress address)
    {
        Span<byte> room = fields.Reserve(IpAddress.MaxTextOctets);
        fields.AddStored(KnownField.XForwardedFor, fields.Commit(NodeText.Write(address, room)));
    }
}
