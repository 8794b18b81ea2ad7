// Hot: runs for every head of every HTTP/2 message. See bench/Weir.Bench.Http.
using System.Runtime.CompilerServices;

namespace Weir.Http.Hpack;

/// <summary>
/// Decodes field blocks (RFC 7541): one for each connection and direction, because blocks change its table. A block is decoded whole, also
/// when its message is refused; how much of it is kept is the <see cref="FieldTarget"/>'s business, which is the bound against blocks
/// that unfold to many times their size.
/// </summary>
public sealed class HpackDecoder
{
    private readonly DynamicTable _table;
    private int _allowedSize;
    private int _smallestAllowed;
    private bool _owesUpdate;

    /// <summary>A decoder whose table the peer may fill up to that size, as SETTINGS_HEADER_TABLE_SIZE says.</summary>
    public HpackDecoder(int tableSize = HpackSize.DefaultTable)
    {
        _allowedSize = tableSize;
        _table = new DynamicTable(tableSize, FieldLine.Octets);
    }

    /// <summary>Octets that the table counts now (RFC 7541 section 4.1).</summary>
    public int TableSize => _table.Size;

    /// <summary>Entries of the table.</summary>
    public int TableCount => _table.Count;

    /// <summary>Scratch memory with which no field of such a block is too large.</summary>
    public static int ScratchOctets(int blockOctets) => HuffmanDecoder.MostOctets(blockOctets) + HpackSize.DefaultTable + 64;

    /// <summary>
    /// The peer has acknowledged another SETTINGS_HEADER_TABLE_SIZE. RFC 7541 section 4.2: where it is smaller, the next block must begin
    /// with a size update.
    /// </summary>
    public void SetAllowedSize(int tableSize)
    {
        if (tableSize < _allowedSize)
        {
            _smallestAllowed = _owesUpdate ? Math.Min(_smallestAllowed, tableSize) : tableSize;
            _owesUpdate = true;
        }

        _allowedSize = tableSize;
    }

    /// <summary>Decodes a whole block.</summary>
    /// <param name="block">The octets of HEADERS and its CONTINUATIONs.</param>
    /// <param name="scratch">Memory for one field; see <see cref="ScratchOctets"/>.</param>
    /// <param name="target">Takes the fields.</param>
    public HpackStatus Decode(ReadOnlySpan<byte> block, Span<byte> scratch, FieldTarget target)
    {
        int at = 0;
        HpackStatus status = ReadSizeUpdates(block, ref at);
        while (status == HpackStatus.Done && at < block.Length)
        {
            byte first = block[at];
            if (first >= 0x80)
            {
                status = TakeIndexed(block, ref at, target);
            }
            else if (first >= 0x40)
            {
                status = TakeLiteral(block, ref at, 6, scratch, target);
            }
            else if (first >= 0x20)
            {
                status = HpackStatus.BadSizeUpdate;
            }
            else
            {
                status = TakeLiteral(block, ref at, 4, scratch, target);
            }
        }

        return status;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private HpackStatus TakeIndexed(ReadOnlySpan<byte> block, ref int at, FieldTarget target)
    {
        if (!HpackInteger.TryRead(block, ref at, 7, out int index))
        {
            return HpackStatus.BadInteger;
        }

        if ((uint)(index - 1) < StaticTable.Count)
        {
            target.Take(StaticTable.Field(index));
            return HpackStatus.Done;
        }

        int dynamic = index - StaticTable.Count - 1;
        if ((uint)dynamic >= (uint)_table.Count)
        {
            return HpackStatus.BadIndex;
        }

        target.Take(_table.Field(dynamic));
        return HpackStatus.Done;
    }

    private HpackStatus TakeLiteral(ReadOnlySpan<byte> block, ref int at, int prefixBits, Span<byte> scratch, FieldTarget target)
    {
        bool isIndexing = prefixBits == 6;
        bool isNeverIndexed = !isIndexing && (block[at] & 0x10) != 0;
        if (!HpackInteger.TryRead(block, ref at, prefixBits, out int index))
        {
            return HpackStatus.BadInteger;
        }

        int nameLength;
        HpackStatus status;
        if (index == 0)
        {
            status = ReadString(block, ref at, scratch, out nameLength);
            if (status != HpackStatus.Done)
            {
                return status;
            }
        }
        else if (index - StaticTable.Count > _table.Count)
        {
            return HpackStatus.BadIndex;
        }
        else
        {
            ReadOnlySpan<byte> name = index <= StaticTable.Count ? StaticTable.Name(index) : _table.Name(index - StaticTable.Count - 1);
            if (name.Length > scratch.Length)
            {
                return HpackStatus.TooLarge;
            }

            name.CopyTo(scratch);
            nameLength = name.Length;
        }

        if (scratch.Length - nameLength < FieldLine.Octets)
        {
            return HpackStatus.TooLarge;
        }

        status = ReadString(block, ref at, scratch[(nameLength + 2)..^2], out int valueLength);
        if (status != HpackStatus.Done)
        {
            return status;
        }

        Span<byte> line = scratch[..(nameLength + valueLength + FieldLine.Octets)];
        FieldLine.Punctuate(line, nameLength);
        FieldClass kind = FieldClass.Of(line[..nameLength], line.Slice(nameLength + 2, valueLength));
        if (isIndexing && _table.Add(line.Length, nameLength, kind) is { IsEmpty: false } room)
        {
            line.CopyTo(room);
        }

        target.Take(new HpackField(line, kind, nameLength, isNeverIndexed));
        return HpackStatus.Done;
    }

    // RFC 7541 section 5.2.
    private static HpackStatus ReadString(ReadOnlySpan<byte> block, ref int at, Span<byte> target, out int length)
    {
        length = 0;
        if (at >= block.Length)
        {
            return HpackStatus.Truncated;
        }

        bool isCompressed = block[at] >= 0x80;
        if (!HpackInteger.TryRead(block, ref at, 7, out int octets))
        {
            return HpackStatus.BadInteger;
        }

        if (octets > block.Length - at)
        {
            return HpackStatus.Truncated;
        }

        ReadOnlySpan<byte> source = block.Slice(at, octets);
        at += octets;
        if (!isCompressed)
        {
            length = octets;
            return source.TryCopyTo(target) ? HpackStatus.Done : HpackStatus.TooLarge;
        }

        if (HuffmanDecoder.MostOctets(octets) > target.Length)
        {
            return HpackStatus.TooLarge;
        }

        length = HuffmanDecoder.Decode(source, target);
        return length < 0 ? HpackStatus.BadHuffman : HpackStatus.Done;
    }

    private HpackStatus ReadSizeUpdates(ReadOnlySpan<byte> block, ref int at)
    {
        int smallest = int.MaxValue;
        for (int updates = 0; at < block.Length && (block[at] & 0xE0) == 0x20; updates++)
        {
            if (!HpackInteger.TryRead(block, ref at, 5, out int size))
            {
                return HpackStatus.BadInteger;
            }

            // RFC 7541 section 4.2: two say everything that can be said, the smallest size in between and the last one.
            if (size > _allowedSize || updates == 2)
            {
                return HpackStatus.BadSizeUpdate;
            }

            smallest = Math.Min(smallest, size);
            _table.Resize(size);
        }

        if (!_owesUpdate)
        {
            return HpackStatus.Done;
        }

        _owesUpdate = false;
        return smallest <= _smallestAllowed ? HpackStatus.Done : HpackStatus.MissingSizeUpdate;
    }
}
