namespace Weir.Cache.Disk;

/// <content>Segments: the next one is begun, the oldest one emptied.</content>
internal sealed partial class DiskLog
{
    private readonly List<DiskSlot> _leaving = [];
    private ulong _lastSequence;

    /// <summary>Gives segments up until there are no more than the size allows. Readers of them may go on.</summary>
    public void Shrink()
    {
        Flush();
        while (_volume.Segments.Count(segment => segment is not null) > _volume.SegmentLimit && Oldest() is { } oldest)
        {
            Forget(oldest);
            _volume.Delete(oldest);
        }
    }

    private bool TryMakeRoom(long octets) =>
        octets <= _volume.SegmentOctets - DiskFormat.SegmentHeaderOctets
        && (HasRoom(octets) || (!_isSaving && TryTurn() && HasRoom(octets)));

    // The next segment is begun; then the oldest is emptied, so that there is a free one the next time: what survives goes into the new
    // one.
    private bool TryTurn()
    {
        if (_active is not null)
        {
            Flush();
        }

        DiskSegment? next = TakeFree();
        if (next is null && MayEmptyMore() && Oldest() is { } oldest)
        {
            Empty(oldest);
            next = TakeFree();
        }

        if (next is null)
        {
            return false;
        }

        ulong sequence = ++_lastSequence;
        SegmentHeader header = SegmentHeader.Of(_volume.Id, sequence, next.Number);
        next.File.Write(SegmentHeader.OctetsOf(ref header), 0);
        next.UsedOctets = DiskFormat.SegmentHeaderOctets;
        next.LeastNumber = ulong.MaxValue;
        next.Begin(sequence);
        _active = next;
        if (!HasFree() && Oldest() is { } victim)
        {
            SaveUsed(victim);
            Flush();
            Empty(victim);
        }

        return true;
    }

    // Notes that what is older is no longer good must outlive it: only the oldest may be emptied, though slow readers keep it. They
    // must not empty the whole directory so.
    private bool MayEmptyMore() =>
        _volume.Segments.Count(segment => segment is { Sequence: 0, IsPinned: true }) < Math.Max(_volume.SegmentLimit / 4, 1);

    private bool HasFree() =>
        _volume.Segments.Count(segment => segment is not null) < _volume.SegmentLimit
        || Array.Exists(_volume.Segments, segment => segment is { Sequence: 0, IsPinned: false });

    private DiskSegment? TakeFree() =>
        Array.Find(_volume.Segments, segment => segment is { Sequence: 0, IsPinned: false }) ?? _volume.TryMakeSegment();

    private DiskSegment? Oldest() => _volume.Segments
        .Where(segment => segment is { Sequence: not 0 } && segment != _active)
        .MinBy(segment => segment!.Sequence);

    // Nothing leads there any more, and after a restart nothing will.
    private void Empty(DiskSegment segment)
    {
        Forget(segment);
        segment.End();
        Span<byte> none = stackalloc byte[DiskFormat.SegmentHeaderOctets];
        none.Clear();
        segment.File.Write(none, 0);
    }

    private void Forget(DiskSegment segment)
    {
        _leaving.Clear();
        _index.CopySegment(segment.Number, _leaving);
        foreach (DiskSlot slot in _leaving)
        {
            if (_index.Remove(slot))
            {
                _counts.Evict();
            }
        }
    }
}
