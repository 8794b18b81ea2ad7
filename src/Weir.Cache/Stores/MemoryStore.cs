// Hot: TryFind and Release run for every hit.
using System.Diagnostics;
using Weir.Cache.Keys;
using Weir.Cache.Purging;

namespace Weir.Cache.Stores;

/// <summary>
/// Stored responses in memory outside of the garbage-collected heap, shared by all loops and bounded in octets, its own index included.
/// Looking up takes no lock: a lane holds the segment, then looks again whether the record is still linked. Changing takes the one lock.
/// docs/decisions/0015-cache-store.md has the drawing.
/// </summary>
public sealed unsafe partial class MemoryStore : IPurgedTier, IDisposable
{
    /// <summary>The smallest store.</summary>
    public const long LeastOctets = 1 << 20;

    private const int LeastSegmentOctets = 64 * 1024;
    private const int MostSegmentOctets = 1 << 20;
    private const int WantedSegments = 256;
    private const int OctetsPerSlot = 512;
    private const int MostFrequency = 3;

    private readonly Lock _gate = new();
    private readonly StoreLane[] _lanes;
    private readonly StoreIndex _index;
    private readonly GhostTable _ghosts;
    private readonly SegmentSet _segments;
    private readonly SegmentQueue _small;
    private readonly SegmentQueue _main;
    private readonly PurgeList _purges;
    private bool _isClosed;

    // Segments of bodies that arrive.
    private int _filling;
    private long _count;
    private long _evicted;

    /// <summary>A store.</summary>
    /// <param name="capacityOctets">All the memory that it may take.</param>
    /// <param name="lanes">How many loops use it, each with a lane of its own number.</param>
    /// <param name="purges">The purges that touch its records; null: a list of its own.</param>
    public MemoryStore(long capacityOctets, int lanes, PurgeList? purges = null)
    {
        _purges = purges ?? new PurgeList();
        _settledUntil = _purges.Last;
        _purges.Register(this);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityOctets, LeastOctets);
        CapacityOctets = capacityOctets;
        long wanted = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(capacityOctets / WantedSegments));
        SegmentOctets = (int)Math.Clamp(wanted, LeastSegmentOctets, MostSegmentOctets);
        _index = new StoreIndex(capacityOctets / OctetsPerSlot);
        _ghosts = new GhostTable(capacityOctets / OctetsPerSlot / 4);
        long forSegments = capacityOctets - _index.Octets - _ghosts.Octets - ((long)lanes * StoreLane.FixedOctets);
        int count = (int)(forSegments / (SegmentOctets + (lanes * sizeof(int))));
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new StoreLane(count))];
        _readers = new LaneReaders?[lanes];
        _segments = new SegmentSet(count, SegmentOctets, _lanes);
        _small = new SegmentQueue(_segments, SegmentState.Small);
        _main = new SegmentQueue(_segments, SegmentState.Main);
        MostBodyOctets = (long)SegmentOctets * (count / 8);
    }

    /// <summary>All the memory that it may take.</summary>
    public long CapacityOctets { get; }

    /// <summary>The memory that it has taken, index and tables included.</summary>
    public long UsedOctets =>
        _index.Octets + _ghosts.Octets + _lanes.Sum(lane => lane.Octets) + ((long)_segments.Allocated * SegmentOctets);

    /// <summary>The size of a piece of memory: a body up to this lies in one, a larger one in several.</summary>
    public int SegmentOctets { get; }

    /// <summary>The largest body that is stored.</summary>
    public long MostBodyOctets { get; }

    /// <summary>How many loops may use it.</summary>
    public int LaneCount => _lanes.Length;

    /// <summary>Records that are there.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Records that had to go for others.</summary>
    public long EvictedCount => Volatile.Read(ref _evicted);

    /// <summary>Pieces of memory that slow readers keep from being used again.</summary>
    public int HeldBack => _segments.RetiredCount;

    /// <summary>
    /// Finds a record and holds it for a lane: it stays where it is until <see cref="Release"/>, whatever becomes of it meanwhile. Only the
    /// loop of that lane may call. Allocates nothing.
    /// </summary>
    public bool TryFind(int lane, in KeyHash hash, ReadOnlySpan<byte> key, out StoredEntry entry)
    {
        StoreLane holder = _lanes[lane];
        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                ulong slot = Volatile.Read(ref bucket[i]);
                while (StoreIndex.HasTag(slot, hash))
                {
                    if (TryHold(holder, ref bucket[i], slot, hash, key, out entry, out bool isMoved))
                    {
                        return true;
                    }

                    if (!isMoved)
                    {
                        break;
                    }

                    slot = Volatile.Read(ref bucket[i]);
                }
            }
        }

        entry = default;
        return false;
    }

    /// <summary>The purges that touch its records.</summary>
    public PurgeList Purges => _purges;

    /// <summary>Gives a record back, on the lane that found it.</summary>
    public void Release(int lane, in StoredEntry entry) => GiveBack(_lanes[lane], entry);

    /// <summary>The same of what was only looked at: it counts as no use.</summary>
    public void ReleaseUnused(int lane, in StoredEntry entry)
    {
        byte uses = entry.Record->Frequency;
        entry.Record->Frequency = (byte)Math.Max(uses - 1, 0);
        Release(lane, entry);
    }

    /// <summary>
    /// Forgets everything and gives back what no reader holds; nothing is stored any more. Exchanges that began before may go on using it:
    /// what they hold is given back when nobody refers to the store.
    /// </summary>
#pragma warning disable CA1816 // The finalizer has the rest to do: readers may still hold memory.
    public void Dispose()
#pragma warning restore CA1816
    {
        lock (_gate)
        {
            _isClosed = true;
            _purges.Unregister(this);
            Forget();
            _segments.FreeUnused();
        }
    }

    /// <summary>Gives back the rest, once no exchange can hold it.</summary>
    ~MemoryStore()
    {
        _index.Free();
        _ghosts.Free();
        _segments.Free();
    }

    internal nint AddressOf(int segment) => _segments.AddressOf(segment);

    private bool TryHold(
        StoreLane holder, ref ulong place, ulong slot, in KeyHash hash, ReadOnlySpan<byte> key, out StoredEntry entry, out bool isMoved)
    {
        entry = default;
        int segment = StoreIndex.SegmentOf(slot);
        holder.Hold(segment);
        isMoved = Volatile.Read(ref place) != slot;
        if (isMoved)
        {
            holder.Release(segment);
            return false;
        }

        // From here on the record cannot be overwritten: it was linked after the hold was known.
        RecordHeader* record = At(slot);
        if (!IsFor(record, hash, key))
        {
            holder.Release(segment);
            return false;
        }

        if (record->ExtentCount > 0 && !TryHoldExtents(holder, ref place, slot, record))
        {
            holder.Release(segment);
            isMoved = true;
            return false;
        }

        if (record->Frequency < MostFrequency)
        {
            record->Frequency++;
        }

        entry = new StoredEntry(this, record, slot);
        if (record->CheckedUntil >= _purges.Last || !IsPurged(record, out ulong number))
        {
            return true;
        }

        // Whoever looks next does not find it either.
        GiveBack(holder, entry);
        Drop(hash, slot, number);
        entry = default;
        return false;
    }

    private static void GiveBack(StoreLane holder, in StoredEntry entry)
    {
        ReleaseExtents(holder, entry.Record);
        holder.Release(StoreIndex.SegmentOf(entry.Slot));
    }

    private static bool IsFor(RecordHeader* record, in KeyHash hash, ReadOnlySpan<byte> key) =>
        record->High == hash.High && record->Low == hash.Low
        && new ReadOnlySpan<byte>(Layout.KeyOf(record), record->KeyOctets).SequenceEqual(key);

    // Extents belong to the record that is linked: they are held, then it is looked at again.
    private static bool TryHoldExtents(StoreLane holder, ref ulong place, ulong slot, RecordHeader* record)
    {
        for (int i = 0; i < record->ExtentCount; i++)
        {
            holder.Hold(Layout.ExtentsOf(record)[i]);
        }

        if (Volatile.Read(ref place) == slot)
        {
            return true;
        }

        ReleaseExtents(holder, record);
        return false;
    }

    private static void ReleaseExtents(StoreLane holder, RecordHeader* record)
    {
        for (int i = 0; i < record->ExtentCount; i++)
        {
            holder.Release(Layout.ExtentsOf(record)[i]);
        }
    }

    private RecordHeader* At(ulong slot)
    {
        Debug.Assert(slot != 0, "An empty slot leads nowhere.");
        return (RecordHeader*)(_segments.AddressOf(StoreIndex.SegmentOf(slot)) + StoreIndex.PlaceOf(slot));
    }
}
