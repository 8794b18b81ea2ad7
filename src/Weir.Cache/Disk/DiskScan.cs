namespace Weir.Cache.Disk;

/// <summary>
/// Finds what an earlier process left, from the newest segment to the oldest, a piece at a time between other work of the same thread. What
/// is known already is newer than what it finds.
/// </summary>
internal sealed class DiskScan
{
    private const int WindowOctets = 256 * 1024;

    private readonly DiskVolume _volume;
    private readonly DiskIndex _index;
    private readonly DiskCounts _counts;
    private readonly Queue<(DiskSegment Segment, ulong Sequence)> _left;
    private readonly List<DiskSlot> _found = [];
    private readonly EntryBuffer _reading = new();
    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(WindowOctets);
    private long _windowStart;
    private int _windowOctets;
    private long _place = DiskFormat.SegmentHeaderOctets;
    private long _end = DiskFormat.SegmentHeaderOctets;
    private ulong _leastNumber = ulong.MaxValue;

    public DiskScan(DiskVolume volume, DiskIndex index, DiskCounts counts)
    {
        _volume = volume;
        _index = index;
        _counts = counts;
        _left = new(volume.Segments
            .Where(segment => segment is { Sequence: not 0 })
            .OrderByDescending(segment => segment!.Sequence)
            .Select(segment => (segment!, segment!.Sequence)));
    }

    /// <summary>Whether all has been looked at.</summary>
    public bool IsDone => _left.Count == 0;

    /// <summary>Looks at the segment that the earlier process wrote last, whole, and says where its log ends.</summary>
    public (DiskSegment Segment, long End)? ScanNewest()
    {
        if (!_left.TryPeek(out (DiskSegment Segment, ulong Sequence) newest))
        {
            return null;
        }

        while (_left.TryPeek(out (DiskSegment Segment, ulong Sequence) next) && next.Segment == newest.Segment)
        {
            Step();
        }

        return (newest.Segment, newest.Segment.UsedOctets);
    }

    /// <summary>Looks at another piece.</summary>
    public void Step()
    {
        (DiskSegment segment, ulong sequence) = _left.Peek();
        if (segment.Sequence != sequence)
        {
            // It was overwritten meanwhile.
            Next();
            return;
        }

        try
        {
            if (ReadPiece(segment, sequence))
            {
                return;
            }
        }
        catch (IOException)
        {
            // What cannot be read is not there; the rest of the segment is given up.
            _counts.FailRead();
        }

        segment.UsedOctets = _end;
        segment.LeastNumber = _leastNumber;
        AddFound();
        Next();
    }

    private void Next()
    {
        _left.Dequeue();
        _found.Clear();
        _windowOctets = 0;
        _place = DiskFormat.SegmentHeaderOctets;
        _end = DiskFormat.SegmentHeaderOctets;
        _leastNumber = ulong.MaxValue;
    }

    // One window; false: that was the segment's last.
    private bool ReadPiece(DiskSegment segment, ulong sequence)
    {
        _windowStart = _place;
        _windowOctets = 0;
        while (_windowOctets < WindowOctets)
        {
            int count = segment.File.Read(_window.AsSpan(_windowOctets), _windowStart + _windowOctets);
            if (count <= 0)
            {
                break;
            }

            _windowOctets += count;
        }

        while (_place + DiskFormat.EntryHeaderOctets <= _windowStart + _windowOctets)
        {
            EntryHeader header = default;
            _window.AsSpan((int)(_place - _windowStart), DiskFormat.EntryHeaderOctets).CopyTo(EntryHeader.OctetsOf(ref header));
            if (!header.IsAt(_volume.Id, sequence, _place, _volume.SegmentOctets))
            {
                // Torn or damaged, or the end of what was written: entries may follow all the same.
                _place += DiskFormat.Alignment;
                continue;
            }

            Note(header, segment);
            _place += header.TotalOctets;
            _end = _place;
        }

        return _windowOctets == WindowOctets && _place < _volume.SegmentOctets;
    }

    private void Note(in EntryHeader header, DiskSegment segment)
    {
        if (header.Kind == EntryKind.Run)
        {
            return;
        }

        if (header.Kind == EntryKind.Removed)
        {
            _found.Add(DiskSlot.MarkOf(header.Low));
            return;
        }

        DiskSlot slot = DiskSlot.Of(header, segment.Number, _place);
        _leastNumber = Math.Min(_leastNumber, header.Number);
        bool isInline = header.TotalOctets >= DiskFormat.EntryHeaderOctets + header.HeadOctets + DiskFormat.FramedOctets(header.BodyOctets);
        if (!isInline && _reading.TryRead(_volume, segment, slot, withBody: false))
        {
            slot.OldestPart = DiskRun.OldestBut(segment.Sequence, _reading.Runs);
            if (slot.OldestPart >= 0 && !AreThere(_reading.Runs))
            {
                // Of no use, but newer than what else is found for the key.
                slot = DiskSlot.MarkOf(header.Low);
            }
        }

        _found.Add(slot);
    }

    // The last one of a key is the newest.
    private void AddFound()
    {
        for (int i = _found.Count - 1; i >= 0; i--)
        {
            _index.TryAdd(_found[i]);
        }
    }

    private bool AreThere(ReadOnlySpan<DiskRun> runs)
    {
        foreach (DiskRun run in runs)
        {
            if (!run.IsThere(_volume.Segments))
            {
                return false;
            }
        }

        return true;
    }
}
