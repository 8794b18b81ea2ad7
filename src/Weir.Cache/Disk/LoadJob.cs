using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>Brings a record from the disk into memory, for all that ask for it meanwhile.</summary>
internal sealed class LoadJob : ReadJob
{
    // Larger ones are no slices.
    private const long MostWholeOctets = 16 << 20;

    private readonly DiskTier _tier;
    private readonly MemoryStore _store;
    private readonly byte[] _key;
    private readonly KeyHash _hash;
    private readonly KeyHash _memoryHash;
    private readonly ChangeStamp _stamp;
    private readonly List<LoopAnswer<DiskLoad>> _waiting = [];

    /// <summary>A job whose stamp was taken before the look into the index.</summary>
    public LoadJob(DiskTier tier, MemoryStore store, in KeyHash hash, in KeyHash memoryHash, byte[] key, ChangeStamp stamp)
    {
        _tier = tier;
        _store = store;
        _hash = hash;
        _memoryHash = memoryHash;
        _key = key;
        _stamp = stamp;
    }

    public KeyHash Hash => _hash;

    /// <summary>Guarded by the tier's table of loads.</summary>
    public List<LoopAnswer<DiskLoad>> Waiting => _waiting;

    public bool IsFor(MemoryStore store, ReadOnlySpan<byte> key) => ReferenceEquals(store, _store) && key.SequenceEqual(_key);

    public override void Run(EntryBuffer room) => _tier.EndLoad(this, Load(room));

    public override void Fail() => _tier.EndLoad(this, DiskLoad.Missing);

    private DiskLoad Load(EntryBuffer room)
    {
        if (_tier.Volume is not { } volume || !_tier.Index.TryPin(_hash.Low, volume.Segments, out DiskSlot slot, out DiskSegment? segment))
        {
            return DiskLoad.Missing;
        }

        try
        {
            return Load(room, volume, segment, slot);
        }
        catch (IOException)
        {
            _tier.FailRead(slot);
            return DiskLoad.Missing;
        }
        catch (ObjectDisposedException)
        {
            // The tier was closed meanwhile.
            return DiskLoad.Missing;
        }
        finally
        {
            segment.Unpin();
        }
    }

    private DiskLoad Load(EntryBuffer room, DiskVolume volume, DiskSegment segment, in DiskSlot slot)
    {
        if (!room.TryRead(volume, segment, slot, withBody: slot.Octets <= DiskFormat.MostHeadOctets))
        {
            _tier.Forget(slot, isCorrupt: true);
            return DiskLoad.Missing;
        }

        if (room.Header.High != _hash.High || !room.Key.SequenceEqual(_key))
        {
            // Another key with half of the same hash.
            return DiskLoad.Missing;
        }

        NewRecord record = room.Record with { Number = room.Header.Number };
        if (!room.IsInline)
        {
            // Responses are served from where they lie; slices are small enough to come into memory.
            return record.Kind == RecordKind.Response
                ? Insert(record with { ElsewhereOctets = room.Header.BodyOctets }, default)
                : LoadRuns(room, volume, record, slot);
        }

        if (!room.TryJoinBody(volume, slot.Place, out ReadOnlySpan<byte> content))
        {
            _tier.Forget(slot, isCorrupt: true);
            return DiskLoad.Missing;
        }

        // Where memory's pieces are too small for it the body stays where it is.
        DiskLoad load = Insert(record with { Generation = record.Kind == RecordKind.Response ? 0 : record.Generation }, content);
        return load == DiskLoad.Missing && record.Kind == RecordKind.Response && content.Length > 0
            ? Insert(record with { ElsewhereOctets = content.Length }, default)
            : load;
    }

    private DiskLoad LoadRuns(EntryBuffer room, DiskVolume volume, NewRecord record, in DiskSlot slot)
    {
        if (room.Header.BodyOctets > Math.Min(MostWholeOctets, _store.MostBodyOctets))
        {
            return DiskLoad.Missing;
        }

        if (CollectedBody.TryOfWhole(_store, room.Header.BodyOctets) is not { } body)
        {
            return DiskLoad.Missing;
        }

        try
        {
            long at = 0;
            foreach (DiskRun run in room.Runs.ToArray())
            {
                if (!TryRead(volume, run, room.Block, body, ref at))
                {
                    _tier.Forget(slot, isCorrupt: false);
                    return DiskLoad.Missing;
                }
            }

            return at == body.Octets && _tier.Stamps.TryDo(_stamp, () => _store.Promote(_memoryHash, _key, record, body))
                ? DiskLoad.InMemory
                : DiskLoad.Missing;
        }
        finally
        {
            body.Release();
        }
    }

    private static bool TryRead(DiskVolume volume, in DiskRun run, Span<byte> block, CollectedBody body, ref long at)
    {
        DiskSegment?[] segments = volume.Segments;
        if (run.Segment < 0 || run.Segment >= segments.Length || segments[run.Segment] is not { } segment || !segment.TryPin(run.Sequence))
        {
            return false;
        }

        try
        {
            for (int i = 0; i < run.BlockCount; i++)
            {
                Span<byte> framed = block[..(run.ContentOf(i) + DiskFormat.SumOctets)];
                if (at + run.ContentOf(i) > body.Octets
                    || !EntryBuffer.TryReadWhole(segment.File, framed, run.PlaceOf(i))
                    || !EntryBuffer.IsBlock(volume, run.Sequence, run.PlaceOf(i), framed))
                {
                    return false;
                }

                body.Put(at, framed[DiskFormat.SumOctets..]);
                at += run.ContentOf(i);
            }

            return true;
        }
        finally
        {
            segment.Unpin();
        }
    }

    private unsafe DiskLoad Insert(NewRecord record, ReadOnlySpan<byte> content)
    {
        fixed (byte* at = content)
        {
            nint address = (nint)at;
            int octets = content.Length;
            return _tier.Stamps.TryDo(
                _stamp, () => _store.Promote(_memoryHash, _key, record, new ReadOnlySpan<byte>((void*)address, octets)))
                ? DiskLoad.InMemory
                : DiskLoad.Missing;
        }
    }
}
