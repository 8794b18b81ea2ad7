using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>
/// Where the record of each key lies, outside of the garbage-collected heap. In shards, each with a lock that is held for a look: only
/// requests that memory cannot answer come here, and no shard is long in growing.
/// </summary>
internal sealed unsafe class DiskIndex
{
    private const int ShardBits = 6;
    private const int FirstSlots = 64;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, 1 << ShardBits).Select(_ => new Shard())];
    private readonly long _mostObjects;
    private long _count;
    private long _octets;

    /// <summary>An index for so many records at most.</summary>
    public DiskIndex(long mostObjects) => _mostObjects = mostObjects;

    /// <summary>Records.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Octets of the entries on disk that it leads to, without parts of large bodies.</summary>
    public long EntryOctets => Volatile.Read(ref _octets);

    /// <summary>Octets of memory.</summary>
    public long MemoryOctets => _shards.Sum(shard => shard.MemoryOctets);

    /// <summary>Whether there is a record that is of use.</summary>
    public bool Contains(ulong tag, long nowSeconds)
    {
        Shard shard = ShardOf(tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(tag);
            return slot != null && !slot->IsRemoved && slot->KeepUntil >= nowSeconds;
        }
    }

    /// <summary>Finds a record, pins its segment and counts the use.</summary>
    public bool TryPin(ulong tag, DiskSegment?[] segments, out DiskSlot found, [NotNullWhen(true)] out DiskSegment? pinned)
    {
        Shard shard = ShardOf(tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(tag);
            pinned = slot == null || slot->IsRemoved || slot->Segment >= segments.Length ? null : segments[slot->Segment];
            if (pinned is null)
            {
                found = default;
                return false;
            }

            pinned.Pin();
            slot->Uses = Math.Min(slot->Uses + 1, 3);
            found = *slot;
            return true;
        }
    }

    /// <summary>Puts a record in the place of an older one. False: there is no room for another.</summary>
    public bool Put(in DiskSlot slot)
    {
        Shard shard = ShardOf(slot.Tag);
        lock (shard)
        {
            DiskSlot* old = shard.Find(slot.Tag);
            if (old == null && !slot.IsRemoved && Count >= _mostObjects)
            {
                return false;
            }

            if (old != null)
            {
                Account(*old, -1);
                *old = slot;
            }
            else
            {
                shard.Add(slot);
            }

            Account(slot, 1);
            return true;
        }
    }

    /// <summary>Adds what a scan found, unless something newer is known.</summary>
    public bool TryAdd(in DiskSlot slot)
    {
        Shard shard = ShardOf(slot.Tag);
        lock (shard)
        {
            if (shard.Find(slot.Tag) != null || (!slot.IsRemoved && Count >= _mostObjects))
            {
                return false;
            }

            shard.Add(slot);
            Account(slot, 1);
            return true;
        }
    }

    /// <summary>Lets a record that moved be found at its new place, unless another one took its place meanwhile.</summary>
    public bool Move(in DiskSlot from, in DiskSlot to)
    {
        Shard shard = ShardOf(from.Tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(from.Tag);
            if (slot == null || !slot->IsSameAs(from))
            {
                return false;
            }

            Account(*slot, -1);
            *slot = to;
            Account(to, 1);
            return true;
        }
    }

    /// <summary>Forgets a key. True: there was a record.</summary>
    public bool Remove(ulong tag)
    {
        Shard shard = ShardOf(tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(tag);
            return slot != null && !slot->IsRemoved && Drop(shard, slot);
        }
    }

    /// <summary>Forgets exactly this record.</summary>
    public bool Remove(in DiskSlot known)
    {
        Shard shard = ShardOf(known.Tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(known.Tag);
            return slot != null && slot->IsSameAs(known) && Drop(shard, slot);
        }
    }

    /// <summary>Whether it still leads to this record.</summary>
    public bool IsCurrent(in DiskSlot known)
    {
        Shard shard = ShardOf(known.Tag);
        lock (shard)
        {
            DiskSlot* slot = shard.Find(known.Tag);
            return slot != null && slot->IsSameAs(known);
        }
    }

    /// <summary>How many parts <see cref="CopyPart"/> has.</summary>
    public int PartCount => _shards.Length;

    /// <summary>Appends the records that are lost with a segment to a list, in no order.</summary>
    public void CopySegment(int segment, List<DiskSlot> list)
    {
        for (int part = 0; part < PartCount; part++)
        {
            CopyPart(part, list, segment);
        }
    }

    /// <summary>Appends the records of a part of the index to a list: those that are lost with one segment, or all.</summary>
    public void CopyPart(int part, List<DiskSlot> list, int? segment = null)
    {
        Shard shard = _shards[part];
        lock (shard)
        {
            for (long i = 0; i < shard.Size; i++)
            {
                DiskSlot slot = shard.Slots[i];
                if (!slot.IsEmpty && !slot.IsRemoved && (segment is null || slot.NeedsSegment(segment.Value)))
                {
                    list.Add(slot);
                }
            }
        }
    }

    /// <summary>Forgets what was remembered for a scan.</summary>
    public void DropMarks()
    {
        List<ulong> marks = [];
        foreach (Shard shard in _shards)
        {
            lock (shard)
            {
                marks.Clear();
                for (long i = 0; i < shard.Size; i++)
                {
                    if (shard.Slots[i].IsRemoved)
                    {
                        marks.Add(shard.Slots[i].Tag);
                    }
                }

                foreach (ulong tag in marks)
                {
                    shard.Delete(shard.Find(tag));
                }
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (Shard shard in _shards)
        {
            lock (shard)
            {
                for (long i = 0; i < shard.Size; i++)
                {
                    Account(shard.Slots[i], shard.Slots[i].IsEmpty ? 0 : -1);
                }

                shard.Free();
            }
        }
    }

    private bool Drop(Shard shard, DiskSlot* slot)
    {
        Account(*slot, -1);
        shard.Delete(slot);
        return true;
    }

    private void Account(in DiskSlot slot, int sign)
    {
        if (!slot.IsRemoved)
        {
            Interlocked.Add(ref _count, sign);
            Interlocked.Add(ref _octets, sign * (long)slot.Octets);
        }
    }

    private Shard ShardOf(ulong tag) => _shards[tag >> (64 - ShardBits)];

    /// <summary>A table with linear probing that doubles when four fifths are taken. Guarded by itself.</summary>
    private sealed class Shard
    {
        public DiskSlot* Slots;
        public long Size;
        private long _used;

        // The last to hold a shard's memory is the collector, once no loop can look any more.
        ~Shard() => NativeMemory.Free(Slots);

        public long MemoryOctets => Volatile.Read(ref Size) * sizeof(DiskSlot);

        public DiskSlot* Find(ulong tag)
        {
            if (Size == 0)
            {
                return null;
            }

            for (long at = HomeOf(tag); ; at = (at + 1) & (Size - 1))
            {
                DiskSlot* slot = Slots + at;
                if (slot->IsEmpty)
                {
                    return null;
                }

                if (slot->Tag == tag)
                {
                    return slot;
                }
            }
        }

        public void Add(in DiskSlot slot)
        {
            if (Size == 0 || (_used + 1) * 5 > Size * 4)
            {
                Grow();
            }

            Place(slot);
            _used++;
        }

        // What stands behind moves up, so that no gap ends a search too early.
        public void Delete(DiskSlot* slot)
        {
            long hole = slot - Slots;
            for (long at = (hole + 1) & (Size - 1); !Slots[at].IsEmpty; at = (at + 1) & (Size - 1))
            {
                long home = HomeOf(Slots[at].Tag);
                if (((at - home) & (Size - 1)) >= ((at - hole) & (Size - 1)))
                {
                    Slots[hole] = Slots[at];
                    hole = at;
                }
            }

            Slots[hole] = default;
            _used--;
        }

        public void Free()
        {
            NativeMemory.Free(Slots);
            Slots = null;
            Size = 0;
            _used = 0;
        }

        private long HomeOf(ulong tag) => (long)(tag & (ulong)(Size - 1));

        private void Place(in DiskSlot slot)
        {
            long at = HomeOf(slot.Tag);
            while (!Slots[at].IsEmpty)
            {
                at = (at + 1) & (Size - 1);
            }

            Slots[at] = slot;
        }

        private void Grow()
        {
            DiskSlot* old = Slots;
            long count = Size;
            Size = Math.Max(FirstSlots, Size * 2);
            Slots = (DiskSlot*)NativeMemory.AllocZeroed((nuint)Size, (nuint)sizeof(DiskSlot));
            for (long i = 0; i < count; i++)
            {
                if (!old[i].IsEmpty)
                {
                    Place(old[i]);
                }
            }

            NativeMemory.Free(old);
        }
    }
}
