using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>Collects prefixes for a table. Used once, away from the loops.</summary>
internal sealed class AddressTableBuilder
{
    private const int MappedBits = 96;

    private readonly RangeTableBuilder<uint> _ofIPv4 = new();
    private readonly RangeTableBuilder<UInt128> _ofIPv6 = new();

    /// <summary>Prefixes so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a prefix. IPv4-mapped IPv6 is IPv4; an IPv6 prefix around all of that holds no IPv4 address.</summary>
    public void Add(IpPrefix prefix, AccessRule rule)
    {
        Count++;
        if (prefix.Address.IsIPv4 && prefix.Bits >= MappedBits)
        {
            _ofIPv4.Add(prefix.Address.IPv4, prefix.Bits - MappedBits, rule);
            return;
        }

        _ofIPv6.Add(new UInt128(prefix.Address.High, prefix.Address.Low), prefix.Bits, rule);
    }

    /// <summary>The table.</summary>
    public AddressTable Build() => new(_ofIPv4.Build(), _ofIPv6.Build());
}
