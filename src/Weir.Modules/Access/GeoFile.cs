using System.Buffers.Binary;
using System.Text;

namespace Weir.Modules.Access;

/// <summary>
/// Reads a file in MaxMind's format (version 2): a tree over the bits of addresses whose leaves are places in a section of data. Whatever
/// the file says is checked against its length, and nothing is followed for ever; what does not fit makes the file unusable.
/// </summary>
internal sealed class GeoFile
{
    // A city database has some hundred megaoctets.
    private const long MostOctets = 512L * 1024 * 1024;
    private const int MetadataOctets = 128 * 1024;
    private const int SeparatorOctets = 16;
    private const int MostDepth = 16;
    private const int MostEntries = 4096;
    private const int IPv4Bits = 96;

    private static readonly byte[] _marker = [0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8];

    private readonly byte[] _octets;
    private int _nodes;
    private int _recordBits;
    private int _version;
    private int _data;

    private GeoFile(byte[] octets) => _octets = octets;

    /// <summary>Reads a file; null after its mistake was told.</summary>
    public static GeoTable? Read(string path, out string mistake)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostOctets })
            {
                mistake = $"it has more than {MostOctets >> 20} MiB";
                return null;
            }

            return Parse(File.ReadAllBytes(path), out mistake);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistake = failure.Message;
            return null;
        }
    }

    /// <summary>Reads a file's octets; null after its mistake was told.</summary>
    public static GeoTable? Parse(byte[] octets, out string mistake)
    {
        try
        {
            mistake = "";
            return new GeoFile(octets).ReadTable();
        }
        catch (InvalidDataException failure)
        {
            mistake = failure.Message;
            return null;
        }
    }

    private GeoTable ReadTable()
    {
        int tail = Math.Max(0, _octets.Length - MetadataOctets);
        int found = _octets.AsSpan(tail).LastIndexOf(_marker);
        if (found < 0)
        {
            throw new InvalidDataException("it is no file in MaxMind's format");
        }

        ReadMetadata(tail + found + _marker.Length);
        int nodeOctets = _recordBits / 4;
        if (_nodes <= 0 || _recordBits is not (24 or 28 or 32) || _version is not (4 or 6)
            || (long)_nodes * nodeOctets + SeparatorOctets > tail + found)
        {
            throw new InvalidDataException("its metadata do not fit it");
        }

        _data = (_nodes * nodeOctets) + SeparatorOctets;
        int first = 0;
        for (int i = 0; i < IPv4Bits && _version == 6 && first < _nodes; i++)
        {
            first = Record(first, 0);
        }

        return new GeoTable(_octets, _nodes, _recordBits, _version == 6, first, ReadLeaves());
    }

    // Every leaf is looked at when the file is read: no request can meet a broken one.
    private Dictionary<int, GeoPlace> ReadLeaves()
    {
        Dictionary<int, GeoPlace> places = [];
        for (int node = 0; node < _nodes; node++)
        {
            for (int bit = 0; bit < 2; bit++)
            {
                int record = Record(node, bit);
                if (record > _nodes && !places.ContainsKey(record))
                {
                    long at = (long)record - _nodes - SeparatorOctets + _data;
                    places[record] = at >= _data && at < _octets.Length
                        ? ReadPlace((int)at)
                        : throw new InvalidDataException("a leaf of it points outside");
                }
            }
        }

        return places;
    }

    private int Record(int node, int bit) => GeoTable.Record(_octets, node, bit, _recordBits);

    private GeoPlace ReadPlace(int at)
    {
        string country = "";
        string registered = "";
        long asn = 0;
        ForEach(at, 0, (key, value, depth) =>
        {
            switch (key)
            {
                case "country":
                    ForEach(value, depth, (name, code, _) => country = name == "iso_code" ? Text(code) : country);
                    break;
                case "registered_country":
                    ForEach(value, depth, (name, code, _) => registered = name == "iso_code" ? Text(code) : registered);
                    break;
                case "autonomous_system_number":
                    asn = Number(value);
                    break;
            }
        });
        return new GeoPlace(GeoPlace.Code(country.Length > 0 ? country : registered), (uint)Math.Min(asn, uint.MaxValue));
    }

    private void ReadMetadata(int at) => ForEach(
        at,
        0,
        (key, value, _) =>
        {
            switch (key)
            {
                case "node_count":
                    _nodes = (int)Math.Min(Number(value), int.MaxValue);
                    break;
                case "record_size":
                    _recordBits = (int)Math.Min(Number(value), int.MaxValue);
                    break;
                case "ip_version":
                    _version = (int)Math.Min(Number(value), int.MaxValue);
                    break;
            }
        },
        pointersFrom: at);

    // The entries of a map; of anything else, none.
    private void ForEach(int at, int depth, Action<string, int, int> visit, int? pointersFrom = null)
    {
        int begin = pointersFrom ?? _data;
        at = Follow(at, begin);
        (int type, int size, int next) = Control(at);
        if (type != 7)
        {
            return;
        }

        if (depth > MostDepth || size > MostEntries)
        {
            throw new InvalidDataException("its data are nested too deeply, or too large");
        }

        for (int i = 0; i < size; i++)
        {
            string key = Text(Follow(next, begin));
            int value = Skip(next, depth + 1);
            visit(key, Follow(value, begin), depth + 1);
            next = Skip(value, depth + 1);
        }
    }

    private string Text(int at)
    {
        (int type, int size, int next) = Control(at);
        return type == 2 && size <= 256 ? Encoding.UTF8.GetString(Slice(next, size)) : "";
    }

    private long Number(int at)
    {
        (int type, int size, int next) = Control(at);
        if (type is not (5 or 6 or 9) || size > 8)
        {
            return 0;
        }

        ulong number = 0;
        foreach (byte octet in Slice(next, size))
        {
            number = (number << 8) | octet;
        }

        return (long)Math.Min(number, long.MaxValue);
    }

    // A pointer never points at a pointer: one step is enough, and no ring is possible.
    private int Follow(int at, int begin)
    {
        byte control = Slice(at, 1)[0];
        if (control >> 5 != 1)
        {
            return at;
        }

        int length = ((control >> 3) & 3) + 1;
        ReadOnlySpan<byte> octets = Slice(at + 1, length);
        long value = control & 7;
        if (length == 4)
        {
            value = BinaryPrimitives.ReadUInt32BigEndian(octets);
        }
        else
        {
            foreach (byte octet in octets)
            {
                value = (value << 8) | octet;
            }
        }

        value += length switch { 2 => 2048, 3 => 526336, _ => 0 };
        long target = begin + value;
        return target < _octets.Length && _octets[target] >> 5 != 1
            ? (int)target
            : throw new InvalidDataException("a pointer of it points outside");
    }

    private int Skip(int at, int depth)
    {
        byte control = Slice(at, 1)[0];
        if (control >> 5 == 1)
        {
            return at + 2 + ((control >> 3) & 3);
        }

        (int type, int size, int next) = Control(at);
        if (type is not (7 or 11))
        {
            return type == 14 ? next : Checked(next, size);
        }

        if (depth > MostDepth || size > MostEntries)
        {
            throw new InvalidDataException("its data are nested too deeply, or too large");
        }

        for (int i = type == 7 ? size * 2 : size; i > 0; i--)
        {
            next = Skip(next, depth + 1);
        }

        return next;
    }

    private (int Type, int Size, int Next) Control(int at)
    {
        byte control = Slice(at++, 1)[0];
        int type = control >> 5;
        if (type == 0)
        {
            type = Slice(at++, 1)[0] + 7;
        }

        int size = control & 0x1F;
        int more = Math.Max(0, size - 28);
        if (more > 0)
        {
            int value = 0;
            foreach (byte octet in Slice(at, more))
            {
                value = (value << 8) | octet;
            }

            at += more;
            size = value + (more switch { 1 => 29, 2 => 285, _ => 65821 });
        }

        return (type, size, at);
    }

    private int Checked(int at, int length) => at + Slice(at, length).Length;

    private ReadOnlySpan<byte> Slice(int at, int length) => at >= 0 && length >= 0 && at <= _octets.Length - length
        ? _octets.AsSpan(at, length)
        : throw new InvalidDataException("it is cut off");
}
