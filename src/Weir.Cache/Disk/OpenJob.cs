using Weir.Cache.Keys;

namespace Weir.Cache.Disk;

/// <summary>Finds the body of a record whose head is in memory, and pins it.</summary>
internal sealed class OpenJob : ReadJob
{
    private readonly DiskTier _tier;
    private readonly byte[] _key;
    private readonly KeyHash _hash;
    private readonly ulong _generation;
    private readonly long _octets;

    public OpenJob(DiskTier tier, in KeyHash hash, byte[] key, ulong generation, long octets)
    {
        _tier = tier;
        _hash = hash;
        _key = key;
        _generation = generation;
        _octets = octets;
    }

    public LoopAnswer<DiskObject?> Answer { get; } = new();

    public override void Run(EntryBuffer room) => Answer.Tell(Open(room));

    public override void Fail() => Answer.Tell(null);

    private DiskObject? Open(EntryBuffer room)
    {
        if (_tier.Volume is not { } volume || !_tier.Index.TryPin(_hash.Low, volume.Segments, out DiskSlot slot, out DiskSegment? segment))
        {
            return null;
        }

        List<DiskSegment> pinned = [segment];
        DiskObject? opened = null;
        try
        {
            opened = Open(room, volume, slot, pinned);
        }
        catch (IOException)
        {
            _tier.FailRead(slot);
        }
        catch (ObjectDisposedException)
        {
            // The tier was closed meanwhile.
        }
        finally
        {
            if (opened is null)
            {
                pinned.ForEach(segment => segment.Unpin());
            }
        }

        return opened;
    }

    private DiskObject? Open(EntryBuffer room, DiskVolume volume, in DiskSlot slot, List<DiskSegment> pinned)
    {
        if (!room.TryRead(volume, pinned[0], slot, withBody: false))
        {
            _tier.Forget(slot, isCorrupt: true);
            return null;
        }

        if (room.Header.High != _hash.High || !room.Key.SequenceEqual(_key)
            || room.Record.Generation != _generation || room.Header.BodyOctets != _octets)
        {
            return null;
        }

        DiskRun[] runs = room.IsInline ? [room.InlineRun(slot.Segment, slot.Place)] : room.Runs.ToArray();
        if (runs.Sum(run => run.Octets) != _octets || !TryPin(volume, runs, pinned, out DiskSegment[] segments))
        {
            // A part of it was overwritten: it is of no use any more.
            _tier.Forget(slot, isCorrupt: false);
            return null;
        }

        _tier.Counts.Open();
        return new DiskObject(_tier, volume, slot, runs, segments, pinned);
    }

    private static bool TryPin(DiskVolume volume, DiskRun[] runs, List<DiskSegment> pinned, out DiskSegment[] segments)
    {
        DiskSegment?[] all = volume.Segments;
        segments = new DiskSegment[runs.Length];
        for (int i = 0; i < runs.Length; i++)
        {
            DiskRun run = runs[i];
            if (run.Segment < 0 || run.Segment >= all.Length || all[run.Segment] is not { } segment
                || run.Octets <= 0 || run.Place < DiskFormat.SegmentHeaderOctets
                || run.Place + DiskFormat.FramedOctets(run.Octets) > volume.SegmentOctets)
            {
                return false;
            }

            segments[i] = segment;
            if (segment == pinned[^1] && segment.Sequence == run.Sequence)
            {
                continue;
            }

            if (!segment.TryPin(run.Sequence))
            {
                return false;
            }

            pinned.Add(segment);
        }

        return true;
    }
}
