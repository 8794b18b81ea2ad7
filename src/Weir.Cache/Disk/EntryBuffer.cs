using System.Buffers.Binary;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// Room of one thread to read entries in, and the entry that was read last. Nothing is believed before its sum was checked. What the file
/// system refuses is an exception.
/// </summary>
internal sealed class EntryBuffer
{
    private const int FirstOctets = 320 * 1024;

    private byte[] _octets = GC.AllocateUninitializedArray<byte>(FirstOctets);
    private byte[] _block = [];
    private EntryHeader _header;
    private NewRecord _record;
    private int _keyStart;
    private int _keyOctets;
    private int _runStart;
    private int _runCount;
    private int _bodyStart;

    /// <summary>The entry's header.</summary>
    public ref readonly EntryHeader Header => ref _header;

    /// <summary>What is stored, but for key and body.</summary>
    public ref readonly NewRecord Record => ref _record;

    /// <summary>Room for a block beside the entry.</summary>
    public Span<byte> Block => _block.Length > 0 ? _block : _block = GC.AllocateUninitializedArray<byte>(DiskFormat.BlockOctets);

    public ReadOnlySpan<byte> Key => _octets.AsSpan(_keyStart, _keyOctets);

    /// <summary>Where the body lies, unless it lies behind the head.</summary>
    public ReadOnlySpan<DiskRun> Runs =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, DiskRun>(_octets.AsSpan(_runStart, _runCount * RunOctets));

    /// <summary>Whether the body lies behind the head.</summary>
    public bool IsInline => _runCount == 0;

    /// <summary>Where the body lies, where it lies behind the head.</summary>
    public DiskRun InlineRun(int segment, long place) => new()
    {
        Sequence = _header.SegmentSequence,
        Segment = segment,
        Place = place + _bodyStart,
        Octets = _header.BodyOctets,
    };

    private static int RunOctets => System.Runtime.CompilerServices.Unsafe.SizeOf<DiskRun>();

    /// <summary>Reads a record and checks header and head. False: there is no such record, or no longer.</summary>
    /// <param name="volume">The tier's directory.</param>
    /// <param name="segment">A segment that is pinned, or that nobody else overwrites.</param>
    /// <param name="slot">What the index says.</param>
    /// <param name="withBody">Whether the body is read too, where it lies behind the head.</param>
    public bool TryRead(DiskVolume volume, DiskSegment segment, in DiskSlot slot, bool withBody)
    {
        // A head that is longer is read a second time: few are.
        int wanted = withBody ? (int)slot.Octets : (int)Math.Min(slot.Octets, 4096);
        if (slot.Octets < DiskFormat.EntryHeaderOctets || slot.Octets > DiskFormat.MostHeadOctets * 2
            || !TryFill(segment, slot.Place, wanted))
        {
            return false;
        }

        _octets.AsSpan(0, DiskFormat.EntryHeaderOctets).CopyTo(EntryHeader.OctetsOf(ref _header));
        if (!_header.IsAt(volume.Id, segment.Sequence, slot.Place, volume.SegmentOctets)
            || _header.Kind != EntryKind.Record || _header.TotalOctets != slot.Octets || _header.HeadOctets > DiskFormat.MostHeadOctets)
        {
            return false;
        }

        _bodyStart = DiskFormat.EntryHeaderOctets + (int)_header.HeadOctets;
        return (_bodyStart <= wanted || TryFill(segment, slot.Place, _bodyStart)) && TryReadHead(volume, slot.Place);
    }

    /// <summary>
    /// Checks each block of a body that was read with its head, and puts them together. False: one of them is not what was written.
    /// </summary>
    public bool TryJoinBody(DiskVolume volume, long place, out ReadOnlySpan<byte> content)
    {
        content = default;
        int at = _bodyStart;
        int to = _bodyStart;
        if (_header.BodyOctets < 0 || _bodyStart + DiskFormat.FramedOctets(_header.BodyOctets) > _header.TotalOctets)
        {
            return false;
        }

        for (long left = _header.BodyOctets; left > 0;)
        {
            int octets = (int)Math.Min(left, DiskFormat.BlockContent);
            if (!IsBlock(volume, _header.SegmentSequence, place + at, _octets.AsSpan(at, octets + DiskFormat.SumOctets)))
            {
                return false;
            }

            _octets.AsSpan(at + DiskFormat.SumOctets, octets).CopyTo(_octets.AsSpan(to));
            at += octets + DiskFormat.SumOctets;
            to += octets;
            left -= octets;
        }

        content = _octets.AsSpan(_bodyStart, to - _bodyStart);
        return true;
    }

    /// <summary>Whether a block is what was written there.</summary>
    public static bool IsBlock(DiskVolume volume, ulong sequence, long place, ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block) == BlockSum.Of(
            block[DiskFormat.SumOctets..], DiskFormat.SeedOf(volume.Id, sequence, place));

    /// <summary>Reads as much as there is; false: there is less.</summary>
    public static bool TryReadWhole(IDiskFile file, Span<byte> target, long place)
    {
        while (!target.IsEmpty)
        {
            int count = file.Read(target, place);
            if (count <= 0)
            {
                return false;
            }

            target = target[count..];
            place += count;
        }

        return true;
    }

    private bool TryFill(DiskSegment segment, long place, int octets)
    {
        if (octets > _octets.Length)
        {
            _octets = GC.AllocateUninitializedArray<byte>(octets);
        }

        return TryReadWhole(segment.File, _octets.AsSpan(0, octets), place);
    }

    private bool TryReadHead(DiskVolume volume, long place)
    {
        ReadOnlySpan<byte> all = _octets;
        ReadOnlySpan<byte> head = all[DiskFormat.EntryHeaderOctets.._bodyStart];
        ulong seed = DiskFormat.SeedOf(volume.Id, _header.SegmentSequence, place + DiskFormat.EntryHeaderOctets);
        if (BlockSum.Of(head, seed) != _header.HeadSum
            || !EntryHead.TryRead(head, out _record, out ReadOnlySpan<byte> key, out ReadOnlySpan<DiskRun> runs))
        {
            return false;
        }

        all.Overlaps(key, out _keyStart);
        _keyOctets = key.Length;
        all.Overlaps(System.Runtime.InteropServices.MemoryMarshal.AsBytes(runs), out _runStart);
        _runCount = runs.Length;
        return true;
    }
}
