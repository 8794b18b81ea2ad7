using System.Text;
using Weir.Http.Hpack;

namespace Weir.Http.Tests.Hpack;

/// <summary>
/// RFC 7541 read aloud: lists, strings and one bit after the other. It shares only the code's lengths with Weir's decoder.
/// </summary>
internal sealed class ReferenceHpack
{
    private readonly List<(string Name, string Value)> _table = [];
    private readonly int _allowed;
    private int _maxSize;
    private byte[] _block = [];
    private int _at;

    public ReferenceHpack(int allowed = 4096)
    {
        _allowed = allowed;
        _maxSize = allowed;
    }

    /// <summary>The fields, or null when the block is refused.</summary>
    public string? Decode(byte[] block)
    {
        _block = block;
        _at = 0;
        List<string> lines = [];
        int updates = 0;
        try
        {
            while (_at < block.Length)
            {
                int first = block[_at];
                if (first >= 128)
                {
                    lines.Add(Line(Entry(Integer(7))));
                    updates = 9;
                }
                else if (first is >= 32 and < 64)
                {
                    if (++updates > 2)
                    {
                        return null;
                    }

                    _maxSize = Integer(5);
                    if (_maxSize > _allowed)
                    {
                        return null;
                    }

                    Evict(_maxSize);
                }
                else
                {
                    updates = 9;
                    int index = Integer(first >= 64 ? 6 : 4);
                    string name = index == 0 ? Text() : Entry(index).Name;
                    (string, string) entry = (name, Text());
                    if (first >= 64)
                    {
                        Add(entry);
                    }

                    lines.Add(Line(entry));
                }
            }
        }
        catch (FormatException)
        {
            return null;
        }

        return string.Join("\n", lines);
    }

    private static string Line((string Name, string Value) entry) => $"{entry.Name}: {entry.Value}";

    private void Add((string Name, string Value) entry)
    {
        int size = entry.Name.Length + entry.Value.Length + 32;
        Evict(_maxSize - size);
        if (size <= _maxSize)
        {
            _table.Insert(0, entry);
        }
    }

    private void Evict(int most)
    {
        while (_table.Count > 0 && _table.Sum(entry => entry.Name.Length + entry.Value.Length + 32) > most)
        {
            _table.RemoveAt(_table.Count - 1);
        }
    }

    private (string Name, string Value) Entry(int index)
    {
        if (index is > 0 and <= 61)
        {
            HpackField field = StaticTable.Field(index);
            return (Encoding.Latin1.GetString(field.Name), Encoding.Latin1.GetString(field.Value));
        }

        return index > 61 && index - 62 < _table.Count ? _table[index - 62] : throw new FormatException();
    }

    private int Octet() => _at < _block.Length ? _block[_at++] : throw new FormatException();

    private int Integer(int bits)
    {
        int most = (1 << bits) - 1;
        long value = Octet() & most;
        if (value < most)
        {
            return (int)value;
        }

        for (int i = 0; i < 4; i++)
        {
            int octet = Octet();
            value += (long)(octet & 127) << (7 * i);
            if (octet < 128)
            {
                return (int)value;
            }
        }

        throw new FormatException();
    }

    private string Text()
    {
        if (_at >= _block.Length)
        {
            throw new FormatException();
        }

        bool isCompressed = _block[_at] >= 128;
        int length = Integer(7);
        if (length > _block.Length - _at)
        {
            throw new FormatException();
        }

        byte[] octets = _block[_at..(_at + length)];
        _at += length;
        return isCompressed ? Expand(octets) : Encoding.Latin1.GetString(octets);
    }

    private static string Expand(byte[] octets)
    {
        StringBuilder text = new();
        uint code = 0;
        int bits = 0;
        foreach (byte octet in octets)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | (uint)((octet >> bit) & 1);
                bits++;
                int symbol = Symbol(code, bits);
                if (symbol == 256 || bits > 30)
                {
                    throw new FormatException();
                }

                if (symbol >= 0)
                {
                    text.Append((char)symbol);
                    code = 0;
                    bits = 0;
                }
            }
        }

        return bits < 8 && code == (1u << bits) - 1 ? text.ToString() : throw new FormatException();
    }

    private static int Symbol(uint code, int bits)
    {
        for (int symbol = 0; symbol <= 256; symbol++)
        {
            if (HuffmanCode.Lengths[symbol] == bits && HuffmanCode.Codes[symbol] == code)
            {
                return symbol;
            }
        }

        return -1;
    }
}
