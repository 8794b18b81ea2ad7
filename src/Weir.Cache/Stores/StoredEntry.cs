// Hot: what every hit is served from.
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Stores;

/// <summary>
/// A record that a lane holds: its memory stays where it is until <see cref="MemoryStore.Release"/>. Not to be copied beyond that.
/// </summary>
public readonly unsafe struct StoredEntry
{
    private readonly MemoryStore? _store;
    private readonly RecordHeader* _record;

    internal StoredEntry(MemoryStore store, RecordHeader* record, ulong slot)
    {
        _store = store;
        _record = record;
        Slot = slot;
    }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _record == null;

    /// <summary>What it is.</summary>
    public RecordKind Kind => _record->Kind;

    /// <summary>The response's status.</summary>
    public int Status => _record->Status;

    /// <summary>Octets of the body.</summary>
    public long BodyOctets => _record->BodyOctets;

    /// <summary>How long it is fresh; a purge has made it stale.</summary>
    public StoredFreshness Freshness =>
        Volatile.Read(ref _record->PurgedAt) is var purged and not 0 ? _record->Freshness.Expired(purged) : _record->Freshness;

    /// <summary>When it is of no use any more, in seconds since 1970.</summary>
    public long KeepUntilSeconds => _record->KeepUntil;

    /// <summary>When its origin made it, in seconds since 1970.</summary>
    public long DateSeconds => _record->DateSeconds;

    /// <summary>When its content changed last, in seconds since 1970.</summary>
    public long ModifiedSeconds => _record->ModifiedSeconds;

    /// <summary>Which list of variants it is.</summary>
    public ulong Generation => _record->Generation;

    /// <summary>The number up to which purges were looked through for it.</summary>
    public ulong CheckedUntil => _record->CheckedUntil;

    /// <summary>When a soft purge made it stale, in seconds since 1970; 0: none did.</summary>
    public long PurgedSeconds => Volatile.Read(ref _record->PurgedAt);

    /// <summary>The hashes of its tags.</summary>
    public ReadOnlySpan<uint> Tags => new(Layout.TagsOf(_record), _record->TagCount);

    /// <summary>The record's key, while it is held.</summary>
    public ReadOnlySpan<byte> Key => new(Layout.KeyOf(_record), _record->KeyOctets);

    /// <summary>Whether memory has the head alone, and the body lies on the disk.</summary>
    public bool IsBodyElsewhere => _record->BodyOctets > 0 && PartCount == 0;

    /// <summary>How many pieces the body lies in.</summary>
    public int PartCount => _record->ExtentCount + (_record->TailOctets > 0 ? 1 : 0);

    /// <summary>The octets of the body that are in no extent: all, where it is small.</summary>
    public ReadOnlySpan<byte> Tail => new(Layout.TailOf(_record), _record->TailOctets);

    /// <summary>How many of the pieces of memory it lies in are kept by their readers alone.</summary>
    public int CountRetired()
    {
        int count = _store!.IsRetired(StoreIndex.SegmentOf(Slot)) ? 1 : 0;
        for (int i = 0; i < _record->ExtentCount; i++)
        {
            count += _store.IsRetired(Layout.ExtentsOf(_record)[i]) ? 1 : 0;
        }

        return count;
    }

    internal RecordHeader* Record => _record;

    internal ulong Slot { get; }

    /// <summary>Puts status, fields and length into a cleared head.</summary>
    public void LoadHead(ResponseHead head)
    {
        head.Status = _record->Status;
        head.BodyLength = BodyLength.Of(_record->BodyOctets);
        ReadOnlySpan<byte> table = new(Layout.TableOf(_record), _record->FieldCount * StoredHead.EntryOctets);
        StoredHead.Load(table, new(Layout.LinesOf(_record), _record->LinesOctets), head.Fields);
    }

    /// <summary>The octets of the body from a place on, as many as lie together.</summary>
    public NativeSlice BodyFrom(long offset)
    {
        int extent = (int)(offset / _store!.SegmentOctets);
        if (extent < _record->ExtentCount)
        {
            int within = (int)(offset % _store.SegmentOctets);
            int length = (int)Math.Min(_store.SegmentOctets - within, _record->BodyOctets - offset);
            return new NativeSlice(_store.AddressOf(Layout.ExtentsOf(_record)[extent]) + within, length);
        }

        int skip = (int)(offset - ((long)_record->ExtentCount * _store.SegmentOctets));
        return new NativeSlice((nint)Layout.TailOf(_record) + skip, _record->TailOctets - skip);
    }
}
