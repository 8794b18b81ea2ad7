using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>Brings a record from the disk into memory, for all that ask for it meanwhile.</summary>
internal sealed class LoadJob : ReadJob
{
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
            // Only responses are served from where they lie.
            return record.Kind == RecordKind.Response ? Insert(record with { ElsewhereOctets = room.Header.BodyOctets }, default) : DiskLoad.Missing;
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

    private unsafe DiskLoad Insert(NewRecord record, ReadOnlySpan<byte> content)
    {
        fixed (byte* at = content)
        {
            nint address = (nint)at;
            int octets = content.Length;
            return _tier.Stamps.TryDo(_stamp, () => _store.Promote(_memoryHash, _key, record, new ReadOnlySpan<byte>((void*)address, octets)))
                ? DiskLoad.InMemory
                : DiskLoad.Missing;
        }
    }
}
