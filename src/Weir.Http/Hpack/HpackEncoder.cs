// Hot: runs for every head that leaves over HTTP/2. See bench/Weir.Bench.Http.
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Hpack;

/// <summary>
/// Encodes field blocks (RFC 7541): one for each connection and direction. A block that was begun must be sent: it changes the table that
/// the peer has too. So the caller has room for the whole of it first (<see cref="MostOctets"/>).
/// </summary>
public sealed class HpackEncoder
{
    /// <summary>The most octets that <see cref="BeginBlock"/> writes.</summary>
    public const int MostUpdateOctets = 2 * HpackInteger.MostOctets;

    private const int MethodName = 2;
    private const int PathName = 4;
    private const int SchemeName = 6;
    private const int StatusName = 8;

    // RFC 7541 section 6.2.3.
    private const byte NeverIndexed = 0x10;

    private readonly EncoderTable _table = new();
    private readonly int _wantedSize;
    private int _smallestPending = int.MaxValue;

    /// <summary>An encoder that uses a table of at most that size, however much the peer allows.</summary>
    public HpackEncoder(int wantedSize = HpackSize.DefaultTable) => _wantedSize = wantedSize;

    /// <summary>Octets that the table counts now.</summary>
    public int TableSize => _table.Size;

    /// <summary>An upper bound for a field.</summary>
    public static int MostOctets(int nameLength, int valueLength) => nameLength + valueLength + (2 * HpackInteger.MostOctets) + 1;

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE. RFC 7541 section 4.2: said to the decoder at the next block's start.</summary>
    public void SetAllowedSize(int tableSize)
    {
        int size = Math.Min(tableSize, _wantedSize);
        if (size == _table.MaxSize && _smallestPending == int.MaxValue)
        {
            return;
        }

        _smallestPending = Math.Min(_smallestPending, size);
        _table.Resize(size);
    }

    /// <summary>Begins a block; returns the place behind what it wrote.</summary>
    public int BeginBlock(Span<byte> target, int at)
    {
        if (_smallestPending == int.MaxValue)
        {
            return at;
        }

        if (_smallestPending < _table.MaxSize)
        {
            at = HpackInteger.Write(target, at, 5, 0x20, _smallestPending);
        }

        _smallestPending = int.MaxValue;
        return HpackInteger.Write(target, at, 5, 0x20, _table.MaxSize);
    }

    /// <summary>":status" (RFC 9113 section 8.3.2).</summary>
    public int WriteStatus(Span<byte> target, int at, int status)
    {
        int index = status switch
        {
            200 => 8,
            204 => 9,
            206 => 10,
            304 => 11,
            400 => 12,
            404 => 13,
            500 => 14,
            _ => 0,
        };
        if (index != 0)
        {
            target[at] = (byte)(0x80 | index);
            return at + 1;
        }

        Span<byte> digits = [(byte)('0' + (status / 100 % 10)), (byte)('0' + (status / 10 % 10)), (byte)('0' + (status % 10))];
        return WritePseudo(target, at, StatusName, ":status"u8, digits);
    }

    /// <summary>":method".</summary>
    public int WriteMethod(Span<byte> target, int at, ReadOnlySpan<byte> method)
    {
        if (method.SequenceEqual("GET"u8) || method.SequenceEqual("POST"u8))
        {
            target[at] = (byte)(0x80 | (method.Length == 3 ? MethodName : MethodName + 1));
            return at + 1;
        }

        return WritePseudo(target, at, MethodName, ":method"u8, method);
    }

    /// <summary>":scheme".</summary>
    public int WriteScheme(Span<byte> target, int at, bool isHttps)
    {
        target[at] = (byte)(0x80 | (isHttps ? SchemeName + 1 : SchemeName));
        return at + 1;
    }

    /// <summary>":path". Not put into the table, but for "/".</summary>
    public int WritePath(Span<byte> target, int at, ReadOnlySpan<byte> path)
    {
        if (path.Length == 1 && path[0] == (byte)'/')
        {
            target[at] = 0x80 | PathName;
            return at + 1;
        }

        at = HpackInteger.Write(target, at, 4, 0, PathName);
        return WritePlainString(target, at, path);
    }

    /// <summary>":authority".</summary>
    public int WriteAuthority(Span<byte> target, int at, ReadOnlySpan<byte> authority) =>
        WritePseudo(target, at, 1, ":authority"u8, authority);

    /// <summary>":protocol" (RFC 8441 section 4).</summary>
    public int WriteProtocol(Span<byte> target, int at, ReadOnlySpan<byte> protocol) => WritePseudo(target, at, 0, ":protocol"u8, protocol);

    /// <summary>A field; its name may be in any case.</summary>
    public int WriteField(Span<byte> target, int at, KnownField field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (field == KnownField.Other)
        {
            return WriteOther(target, at, name, value);
        }

        ReadOnlySpan<byte> lower = EncoderNames.Lower(field);
        FieldPolicy policy = EncoderNames.Policy(field);
        if (policy == FieldPolicy.Index)
        {
            return WriteIndexing(target, at, EncoderTable.PlaceOf(field), EncoderNames.StaticIndex(field), lower, value);
        }

        return WriteLiteral(
            target, at, policy == FieldPolicy.Never ? NeverIndexed : (byte)0, EncoderNames.StaticIndex(field), lower, value);
    }

    /// <summary>
    /// A field whose sender forbids every hop to put it into a table (RFC 7541 section 6.2.3); its name may be in any case.
    /// </summary>
    public int WriteNeverIndexed(Span<byte> target, int at, KnownField field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (field != KnownField.Other)
        {
            return WriteLiteral(target, at, NeverIndexed, EncoderNames.StaticIndex(field), EncoderNames.Lower(field), value);
        }

        Span<byte> lower = target.Slice(at + HpackInteger.MostOctets + 1, name.Length);
        Ascii.ToLower(name, lower, out _);
        return WriteLiteral(target, at, NeverIndexed, 0, lower, value);
    }

    private static int WriteLiteral(
        Span<byte> target, int at, byte kind, int staticIndex, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> value)
    {
        at = HpackInteger.Write(target, at, 4, kind, staticIndex);
        if (staticIndex == 0)
        {
            at = WritePlainString(target, at, lower);
        }

        return WritePlainString(target, at, value);
    }

    private int WriteOther(Span<byte> target, int at, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // The name is put into lower case where it would stand if it were written; finding an entry then overwrites it.
        Span<byte> lower = target.Slice(at + HpackInteger.MostOctets + 1, name.Length);
        Ascii.ToLower(name, lower, out _);
        return WriteIndexing(target, at, EncoderTable.PlaceOf(lower), 0, lower, value);
    }

    private int WritePseudo(Span<byte> target, int at, int staticIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        WriteIndexing(target, at, EncoderTable.PlaceOf(name), staticIndex, name, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int WriteIndexing(Span<byte> target, int at, int place, int staticIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int found = _table.Find(place, name, value, out int nameIndex);
        return found != 0 ? HpackInteger.Write(target, at, 7, 0x80, found)
            : AddAndWrite(target, at, place, staticIndex == 0 ? nameIndex : staticIndex, name, value);
    }

    private int AddAndWrite(Span<byte> target, int at, int place, int nameIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        bool isAdded = _table.IsWorthAdding(name.Length, value.Length);
        if (isAdded)
        {
            // Before the name is written: it may lie in the target. The index counts from before the entry is there.
            _table.Add(place, name, value);
        }

        int start = isAdded ? HpackInteger.Write(target, at, 6, 0x40, nameIndex) : HpackInteger.Write(target, at, 4, 0, nameIndex);
        if (nameIndex == 0)
        {
            start = WritePlainString(target, start, name);
        }

        // What is sent once and referred to afterwards is worth compressing.
        return isAdded ? WriteShortestString(target, start, value) : WritePlainString(target, start, value);
    }

    private static int WritePlainString(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        at = HpackInteger.Write(target, at, 7, 0, text.Length);
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    private static int WriteShortestString(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        int octets = HuffmanEncoder.CountOctets(text);
        if (octets >= text.Length)
        {
            return WritePlainString(target, at, text);
        }

        at = HpackInteger.Write(target, at, 7, 0x80, octets);
        return at + HuffmanEncoder.Encode(text, target[at..]);
    }
}
