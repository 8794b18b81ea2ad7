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
            foreach (ReadOnlySpan<byte> member in new ListField(fields.ValueAt(slot)))
            {
                hops.Add(NodeText.TryParse(member, out IpAddress address) ? address : IpAddress.None);
            }
        }

        return hops.Finish();
    }

    /// <summary>Adds an address at the end of what is there.</summary>
    public static void Append(HeaderFields fields, IpAddress address)
    {
        Span<byte> room = fields.Reserve(IpAddress.MaxTextOctets);
        fields.AddStored(KnownField.XForwardedFor, fields.Commit(NodeText.Write(address, room)));
    }
}
