// Hot: asked for each new connection and each request while anybody is banned.
using System.Collections.Frozen;

namespace Weir.Abstractions.Exchanges;

/// <summary>Addresses that an operator keeps out for a time. One thread at a time swaps the list, every loop reads.</summary>
public sealed class BanList
{
    private volatile Table? _table;

    /// <summary>Whether nobody is banned.</summary>
    public bool IsEmpty => _table is null;

    /// <summary>Whether an address is in a banned range whose time is not over.</summary>
    public bool IsBanned(IpAddress address, long unixMs)
    {
        if (_table is not { } table || address.IsNone)
        {
            return false;
        }

        // One look for each length that is in use: mostly one or two.
        foreach (int bits in table.Lengths)
        {
            if (table.Ends.TryGetValue(IpPrefix.Of(address, bits), out long endMs) && unixMs < endMs)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts another list in force.</summary>
    /// <param name="bans">Ranges and when their time is over, in milliseconds since 1970 UTC.</param>
    public void Swap(IReadOnlyDictionary<IpPrefix, long> bans) =>
        _table = bans.Count == 0 ? null : new Table([.. bans.Keys.Select(range => range.Bits).Distinct()], bans.ToFrozenDictionary());

    private sealed record Table(int[] Lengths, FrozenDictionary<IpPrefix, long> Ends);
}
