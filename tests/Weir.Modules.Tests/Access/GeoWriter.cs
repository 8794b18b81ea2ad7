using System.Buffers.Binary;
using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tests.Access;

/// <summary>Writes small databases in MaxMind's format, with any of its widths of records.</summary>
internal sealed class GeoWriter(int recordBits, int version = 6)
{
    private readonly List<int[]> _nodes = [[0, 0]];
    private readonly List<byte> _data = [];

    // Below 0: a leaf, at -1 - its place in the data. 0: nothing.
    public GeoWriter Add(string range, string? country = null, uint asn = 0, string? registered = null)
    {
        IpPrefix.TryParse(range, out IpPrefix prefix).ShouldBeTrue();
        int skipped = prefix.Address.IsIPv4 && version == 4 ? 96 : 0;
        UInt128 bits = prefix.Address.IsIPv4 ? prefix.Address.IPv4 : new UInt128(prefix.Address.High, prefix.Address.Low);
        int leaf = -1 - _data.Count;
        WritePlace(country, asn, registered);
        int node = 0;
        for (int i = skipped; i < prefix.Bits - 1; i++)
        {
            int bit = (int)((bits >> (127 - i)) & 1);
            if (_nodes[node][bit] <= 0)
            {
                _nodes[node][bit] = _nodes.Count;
                _nodes.Add([0, 0]);
            }

            node = _nodes[node][bit];
        }

        _nodes[node][(int)((bits >> (128 - prefix.Bits)) & 1)] = leaf;
        return this;
    }

    public byte[] Write()
    {
        List<byte> file = [];
        foreach (int[] node in _nodes)
        {
            uint left = Record(node[0]);
            uint right = Record(node[1]);
            file.AddRange(recordBits switch
            {
                24 => [.. Big(left, 3), .. Big(right, 3)],
                28 => [.. Big(left & 0xFFFFFF, 3), (byte)(((left >> 24) << 4) | (right >> 24)), .. Big(right & 0xFFFFFF, 3)],
                _ => [.. Big(left, 4), .. Big(right, 4)],
            });
        }

        file.AddRange(new byte[16]);
        file.AddRange(_data);
        file.AddRange([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        file.AddRange([0xE4, .. Text("node_count"), .. Number((uint)_nodes.Count), .. Text("record_size"), .. Number((uint)recordBits)]);
        file.AddRange([.. Text("ip_version"), .. Number((uint)version), .. Text("database_type"), .. Text("Test")]);
        return [.. file];
    }

    private uint Record(int child) => child switch
    {
        0 => (uint)_nodes.Count,
        > 0 => (uint)child,
        _ => (uint)(_nodes.Count + 16 + (-1 - child)),
    };

    private void WritePlace(string? country, uint asn, string? registered)
    {
        List<byte[]> entries = [];
        if (country is not null)
        {
            entries.Add([.. Text("country"), 0xE2, .. Text("names"), 0xE1, .. Text("en"), .. Text("Somewhere"), .. Text("iso_code"), .. Text(country)]);
        }

        if (registered is not null)
        {
            entries.Add([.. Text("registered_country"), 0xE1, .. Text("iso_code"), .. Text(registered)]);
        }

        if (asn > 0)
        {
            entries.Add([.. Text("autonomous_system_number"), .. Number(asn)]);
        }

        _data.Add((byte)(0xE0 | entries.Count));
        entries.ForEach(_data.AddRange);
    }

    private static byte[] Text(string text) => [(byte)(0x40 | text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(uint number) => [0xC4, .. Big(number, 4)];

    private static byte[] Big(uint number, int octets)
    {
        byte[] all = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(all, number);
        return all[^octets..];
    }
}
