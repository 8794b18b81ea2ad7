// Hot: one walk for each request of an access that asks for countries or systems.
using System.Buffers.Binary;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>
/// The tree of a database over its file's octets, which hold no references: the collector never looks into them. Immutable.
/// </summary>
internal sealed class GeoTable
{
    private const int AllBits = 128;
    private const int IPv4Bits = 32;

    private readonly byte[] _octets;
    private readonly int _nodes;
    private readonly int _recordBits;
    private readonly bool _hasIPv6;
    private readonly int _ofIPv4;
    private readonly Dictionary<int, GeoPlace> _places;

    /// <param name="octets">The file, checked.</param>
    /// <param name="nodes">Nodes of the tree.</param>
    /// <param name="recordBits">24, 28 or 32.</param>
    /// <param name="hasIPv6">Whether the tree begins with IPv6.</param>
    /// <param name="ofIPv4">The node where IPv4 addresses begin.</param>
    /// <param name="places">What each leaf says.</param>
    public GeoTable(byte[] octets, int nodes, int recordBits, bool hasIPv6, int ofIPv4, Dictionary<int, GeoPlace> places)
    {
        _octets = octets;
        _nodes = nodes;
        _recordBits = recordBits;
        _hasIPv6 = hasIPv6;
        _ofIPv4 = ofIPv4;
        _places = places;
    }

    /// <summary>What is said of an address; nothing when it is not there.</summary>
    public GeoPlace Find(IpAddress address)
    {
        UInt128 bits = address.IsIPv4 ? (UInt128)address.IPv4 << (AllBits - IPv4Bits) : new UInt128(address.High, address.Low);
        int node = address.IsIPv4 ? _ofIPv4 : _hasIPv6 ? 0 : _nodes;
        for (int left = address.IsIPv4 ? IPv4Bits : AllBits; left > 0 && node < _nodes; left--)
        {
            node = Record(_octets, node, (int)(bits >> (AllBits - 1)), _recordBits);
            bits <<= 1;
        }

        return node > _nodes && _places.TryGetValue(node, out GeoPlace place) ? place : default;
    }

    /// <summary>One of the two records of a node.</summary>
    internal static int Record(byte[] octets, int node, int bit, int recordBits)
    {
        int at = node * (recordBits / 4);
        switch (recordBits)
        {
            case 24:
                at += bit * 3;
                return (octets[at] << 16) | (octets[at + 1] << 8) | octets[at + 2];
            case 28:
                int middle = bit == 0 ? octets[at + 3] >> 4 : octets[at + 3] & 0x0F;
                at += bit * 4;
                return (middle << 24) | (octets[at] << 16) | (octets[at + 1] << 8) | octets[at + 2];
            default:
                return (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(octets.AsSpan(at + (bit * 4))), int.MaxValue);
        }
    }
}
