// Hot: one lookup for each request that passes the stack.
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>Which rule decides about an address: that of the longest prefix that holds it. Immutable, shared by all loops.</summary>
internal sealed class AddressTable
{
    private readonly RangeTable<uint> _ofIPv4;
    private readonly RangeTable<UInt128> _ofIPv6;

    public AddressTable(RangeTable<uint> ofIPv4, RangeTable<UInt128> ofIPv6)
    {
        _ofIPv4 = ofIPv4;
        _ofIPv6 = ofIPv6;
    }

    /// <summary>Memory that it holds.</summary>
    public long Octets => _ofIPv4.Octets + _ofIPv6.Octets;

    /// <summary>The rule of an address; the default when no prefix holds it.</summary>
    public AccessRule Find(IpAddress address) =>
        address.IsIPv4 ? _ofIPv4.Find(address.IPv4) : _ofIPv6.Find(new UInt128(address.High, address.Low));
}
