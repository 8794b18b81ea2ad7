using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <content>What of the oldest segment is appended again.</content>
internal sealed partial class DiskLog
{
    // Of saving alone, which happens when a segment is full, in the middle of appending: what is appended lies in the other block, its
    // runs and its fields in the lists of the log. The head's room is used by both, but filled only behind the last step that may begin a
    // segment.
    private readonly EntryBuffer _reading = new();
    private byte[] _savedBlock = [];
    private bool _isSaving;

    /// <summary>Whether a key is popular in memory: then its record stays though nobody reads it from here.</summary>
    public required Func<byte[], bool> IsPopular { get; init; }

    // At most half a segment of the oldest is appended again, so that nothing is written more than twice for being used. No segment is
    // begun meanwhile: that would save in the middle of saving, in the same buffers.
    private void SaveUsed(DiskSegment victim)
    {
        _isSaving = true;
        try
        {
            SaveFrom(victim);
        }
        finally
        {
            _isSaving = false;
        }
    }

    private void SaveFrom(DiskSegment victim)
    {
        List<DiskSlot> there = [];
        _index.CopySegment(victim.Number, there);

        // Whole records first, as they lie, then those of which only a part does.
        int number = victim.Number;
        there.Sort((first, second) =>
            (first.Segment == number ? 0 : 1, first.PlaceUnits).CompareTo((second.Segment == number ? 0 : 1, second.PlaceUnits)));
        long budget = _volume.SegmentOctets / 2;
        foreach (DiskSlot slot in there)
        {
            if (budget < DiskFormat.EntryHeaderOctets)
            {
                return;
            }

            budget -= Save(victim, slot, budget);
        }
    }

    // What cannot be read is not worth saving; what cannot be written is the end of the log.
    private bool TryRead(DiskSegment home, in DiskSlot slot, bool withBody)
    {
        try
        {
            return _reading.TryRead(_volume, home, slot, withBody);
        }
        catch (IOException)
        {
            _counts.FailRead();
            return false;
        }
    }

    private long Save(DiskSegment victim, in DiskSlot slot, long budget)
    {
        if (slot.Octets > budget || !_index.IsCurrent(slot) || _volume.Segments[slot.Segment] is not { } home
            || !TryRead(home, slot, withBody: home == victim)
            || (slot.Uses == 0 && !IsPopular(_reading.Key.ToArray())))
        {
            return 0;
        }

        KeyHash hash = new(_reading.Header.High, _reading.Header.Low);
        NewRecord record = _reading.Record with { Number = _reading.Header.Number };
        byte[] key = _reading.Key.ToArray();
        if (!_reading.IsInline)
        {
            return SaveRuns(victim, hash, key, record, slot, budget);
        }

        if (!_reading.TryJoinBody(_volume, slot.Place, out ReadOnlySpan<byte> content)
            || !HasRoom(slot.Octets + DiskFormat.Alignment)
            || !TryBegin(hash, key, record, [], content.Length, DiskFormat.FramedOctets(content.Length), out DiskSlot moved))
        {
            return 0;
        }

        while (!content.IsEmpty)
        {
            int octets = Math.Min(content.Length, DiskFormat.BlockContent);
            Span<byte> block = Room(octets + DiskFormat.SumOctets);
            content[..octets].CopyTo(block[DiskFormat.SumOctets..]);
            Seal(block, Place);
            _buffered += block.Length;
            content = content[octets..];
        }

        Finish();
        _links.Add(new PendingLink(moved, default, slot));
        _counts.AddSaved(slot.Octets);
        return slot.Octets;
    }

    // Of the body only what lies in the segment that goes.
    private long SaveRuns(DiskSegment victim, in KeyHash hash, byte[] key, in NewRecord record, in DiskSlot slot, long budget)
    {
        DiskRun[] runs = _reading.Runs.ToArray();
        long body = _reading.Header.BodyOctets;
        long needed = slot.Octets + (2 * DiskFormat.Alignment);
        foreach (DiskRun run in runs)
        {
            if (!run.IsThere(_volume.Segments))
            {
                return 0;
            }

            needed += run.Sequence == victim.Sequence
                ? DiskFormat.FramedOctets(run.Octets) + DiskFormat.EntryHeaderOctets + DiskFormat.Alignment
                : 0;
        }

        if (needed > budget || !HasRoom(needed))
        {
            return 0;
        }

        EnsureBlock(ref _savedBlock);
        for (int i = 0; i < runs.Length; i++)
        {
            if (runs[i].Sequence == victim.Sequence && (!TryReadRun(runs[i]) || !TryAppendRun(_savedBlock, runs[i].Octets, out runs[i])))
            {
                return 0;
            }
        }

        if (!TryBegin(hash, key, record, runs, body, 0, out DiskSlot moved))
        {
            return 0;
        }

        Finish();
        _links.Add(new PendingLink(moved, default, slot));
        _counts.AddSaved(needed);
        return needed;
    }

    private bool TryReadRun(in DiskRun run)
    {
        if (!run.IsThere(_volume.Segments) || DiskFormat.FramedOctets(run.Octets) > _savedBlock.Length - DiskFormat.EntryHeaderOctets)
        {
            return false;
        }

        DiskSegment segment = _volume.Segments[run.Segment]!;

        Span<byte> framed = _savedBlock.AsSpan(DiskFormat.EntryHeaderOctets, (int)DiskFormat.FramedOctets(run.Octets));
        try
        {
            if (!EntryBuffer.TryReadWhole(segment.File, framed, run.Place))
            {
                return false;
            }
        }
        catch (IOException)
        {
            _counts.FailRead();
            return false;
        }

        for (int block = 0; block < run.BlockCount; block++)
        {
            long place = run.PlaceOf(block);
            if (!EntryBuffer.IsBlock(
                _volume, run.Sequence, place, framed.Slice((int)(place - run.Place), run.ContentOf(block) + DiskFormat.SumOctets)))
            {
                return false;
            }
        }

        return true;
    }
}
