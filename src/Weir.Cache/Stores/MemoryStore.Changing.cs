using Weir.Cache.Keys;

namespace Weir.Cache.Stores;

/// <content>What changes a store: one thread at a time. Nothing here waits or calls out.</content>
public sealed unsafe partial class MemoryStore
{
    // Segments kept free, so that what survives an eviction has a place to go.
    private const int ReserveSegments = 2;

    // Rounds of an eviction in which what is popular survives; behind them nothing does.
    private const int MostRounds = 16;
    private const int ForcedRounds = 16;

    private bool RefreshHere(in StoredEntry entry, ReadOnlySpan<byte> key, in NewRecord record)
    {
        RecordHeader* old = entry.Record;
        KeyHash hash = new(old->High, old->Low);
        if (!TryMeasure(record, old->ExtentCount, key.Length, old->TailOctets, out int fields, out int lines, out int octets))
        {
            return false;
        }

        lock (_gate)
        {
            if (!TryAllocate(_main, octets, out int segment, out int place))
            {
                return false;
            }

            // Making room may have moved or dropped the old record. What was allocated is a record all the same: segments are walked.
            RecordHeader* made = (RecordHeader*)(_segments.AddressOf(segment) + place);
            Found found = Find(hash, key);
            if (found.Place == null || *found.Place != entry.Slot)
            {
                *made = new RecordHeader { TotalOctets = octets };
                return false;
            }

            Fill(made, hash, key, record, old->ExtentCount, fields, lines, octets);
            made->Generation = old->Generation;
            made->BodyOctets = old->BodyOctets;
            made->TailOctets = old->TailOctets;
            made->Frequency = old->Frequency;
            if (IsPurged(made, out _))
            {
                Unlink(found.Place);
                return false;
            }

            new ReadOnlySpan<int>(Layout.ExtentsOf(old), old->ExtentCount).CopyTo(new Span<int>(Layout.ExtentsOf(made), old->ExtentCount));
            new ReadOnlySpan<byte>(Layout.TailOf(old), old->TailOctets).CopyTo(new Span<byte>(Layout.TailOf(made), old->TailOctets));
            Volatile.Write(ref *found.Place, StoreIndex.Slot(hash, segment, place));
            return true;
        }
    }

    private bool RemoveHere(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            if (Find(hash, key) is not { Place: not null } found)
            {
                return false;
            }

            Unlink(found.Place);
            return true;
        }
    }

    /// <summary>Whether a record is there that was asked for since it was stored, or moved. Holds and counts nothing.</summary>
    public bool IsPopular(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            return Find(hash, key) is { Place: not null } found && At(*found.Place)->Frequency > 0;
        }
    }

    private bool ExpireHere(in KeyHash hash, ReadOnlySpan<byte> key, long nowSeconds)
    {
        lock (_gate)
        {
            if (Find(hash, key) is not { Place: not null } found)
            {
                return false;
            }

            Volatile.Write(ref At(*found.Place)->PurgedAt, (uint)nowSeconds);
            return true;
        }
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            Forget();
        }
    }

    /// <summary>Takes a whole segment for a part of a large body; -1: there is no place.</summary>
    internal int TakeExtent() => TakeForFilling(_segments.Count / 2);

    /// <summary>The same for the rest of a body, which a record will have a copy of; only while few are taken.</summary>
    internal int TakeScratch() => TakeForFilling(_segments.Count / 4);

    /// <summary>Gives back extents that no record got.</summary>
    internal void ReturnExtents(List<int> extents)
    {
        lock (_gate)
        {
            _filling -= extents.Count;
            extents.ForEach(_segments.Retire);
            _segments.Reclaim();
        }
    }

    /// <summary>Keeps extents where they are for the readers of one body; by whoever owns them, on the loop of that lane.</summary>
    internal void Pin(int lane, List<int> extents) => extents.ForEach(_lanes[lane].Hold);

    /// <summary>Ends that.</summary>
    internal void Unpin(int lane, List<int> extents) => extents.ForEach(_lanes[lane].Release);

    // Bodies that arrive take a share at most: what is stored is not to make room for what may never be.
    private int TakeForFilling(int most)
    {
        lock (_gate)
        {
            if (_filling >= most || !TryMakeRoom())
            {
                return -1;
            }

            _filling++;
            return _segments.Take(SegmentState.Extent);
        }
    }

    private bool Insert(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, CollectedBody? body, ReadOnlySpan<byte> content)
    {
        int extents = body?.Extents.Count ?? 0;
        int tail = body?.TailOctets ?? content.Length;
        if (!TryMeasure(record, extents, key.Length, tail, out int fields, out int lines, out int octets))
        {
            // The rest of the body may be what is too much for one segment, head and key included: then it gets one of its own.
            if (body is null || !body.TryMoveTail() || !TryMeasure(record, ++extents, key.Length, 0, out fields, out lines, out octets))
            {
                return false;
            }

            tail = 0;
        }

        lock (_gate)
        {
            SegmentQueue queue = _ghosts.Take(hash) ? _main : _small;
            if (!TryAllocate(queue, octets, out int segment, out int place))
            {
                return false;
            }

            RecordHeader* made = (RecordHeader*)(_segments.AddressOf(segment) + place);
            Fill(made, hash, key, record, extents, fields, lines, octets);
            made->BodyOctets = record.ElsewhereOctets + (body?.Octets ?? content.Length);
            made->TailOctets = tail;
            made->Frequency = 0;
            if (IsPurged(made, out _))
            {
                // It stays where it is, and nothing leads there.
                return false;
            }

            Span<byte> target = new(Layout.TailOf(made), tail);
            if (body is null)
            {
                content.CopyTo(target);
            }
            else
            {
                _filling -= extents;
                body.GiveTo(new Span<int>(Layout.ExtentsOf(made), extents), target);
            }

            Link(hash, key, StoreIndex.Slot(hash, segment, place));
            return true;
        }
    }

    private void Forget()
    {
        for (long i = 0; i < _index.SlotCount; i++)
        {
            if (*_index.SlotAt(i) != 0)
            {
                Unlink(_index.SlotAt(i));
            }
        }

        _small.RetireAll();
        _main.RetireAll();
        _segments.Reclaim();
    }

    private bool TryMeasure(in NewRecord record, int extents, int key, int tail, out int fields, out int lines, out int octets)
    {
        fields = 0;
        lines = 0;
        octets = 0;
        if (key > ushort.MaxValue || record.Tags?.Length > ushort.MaxValue
            || (record.Fields is not null && !StoredHead.TryMeasure(record.Fields, out fields, out lines)))
        {
            return false;
        }

        int tags = record.Tags?.Length ?? 0;
        long all = Layout.Octets(extents, tags, fields, key, lines, tail);
        octets = (int)Math.Min(all, int.MaxValue);
        return all <= SegmentOctets;
    }

    private void Fill(
        RecordHeader* made, in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, int extents, int fields, int lines, int octets)
    {
        *made = new RecordHeader
        {
            High = hash.High,
            Low = hash.Low,
            Generation = record.Generation,
            Freshness = record.Freshness,
            TotalOctets = octets,
            LinesOctets = lines,
            ExtentCount = extents,
            KeepUntil = (uint)Math.Clamp(record.KeepUntilSeconds, 0, uint.MaxValue),
            DateSeconds = (uint)Math.Clamp(record.DateSeconds, 0, uint.MaxValue),
            ModifiedSeconds = (uint)Math.Clamp(record.ModifiedSeconds, 0, uint.MaxValue),
            KeyOctets = (ushort)key.Length,
            FieldCount = (ushort)fields,
            Status = (ushort)record.Status,
            Kind = record.Kind,
            TagCount = (ushort)(record.Tags?.Length ?? 0),
        };
        made->CheckedUntil = IsNote(record.Kind) ? _purges.Last : record.Number;
        record.Tags.CopyTo(new Span<uint>(Layout.TagsOf(made), made->TagCount));
        key.CopyTo(new Span<byte>(Layout.KeyOf(made), key.Length));
        if (record.Fields is { } head)
        {
            Span<byte> table = new(Layout.TableOf(made), fields * StoredHead.EntryOctets);
            StoredHead.Write(head, table, new Span<byte>(Layout.LinesOf(made), lines));
        }
    }

    // With the lock held, which is why what is found stays.
    private Found Find(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                if (!StoreIndex.HasTag(bucket[i], hash))
                {
                    continue;
                }

                if (IsFor(At(bucket[i]), hash, key))
                {
                    return new Found(bucket + i);
                }
            }
        }

        return default;
    }

    private void Link(in KeyHash hash, ReadOnlySpan<byte> key, ulong slot)
    {
        ulong* place = Find(hash, key).Place;
        if (place != null)
        {
            RetireExtents(At(*place));
            Volatile.Write(ref *place, slot);
            return;
        }

        place = FindPlace(hash);
        if (*place != 0)
        {
            Unlink(place);
            _evicted++;
        }

        Volatile.Write(ref *place, slot);
        _count++;
    }

    // An empty slot of the key's two lines, else one that a record leaves for its other line, else that of the record that was asked for
    // least. Who looks for a record that moves may miss it once.
    private ulong* FindPlace(in KeyHash hash)
    {
        ulong* least = null;
        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                if (bucket[i] == 0)
                {
                    return bucket + i;
                }

                if (least == null || At(bucket[i])->Frequency < At(*least)->Frequency)
                {
                    least = bucket + i;
                }
            }
        }

        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                if (TryMoveToOtherLine(bucket + i))
                {
                    return bucket + i;
                }
            }
        }

        return least;
    }

    private bool TryMoveToOtherLine(ulong* place)
    {
        RecordHeader* record = At(*place);
        KeyHash hash = new(record->High, record->Low);
        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                if (bucket[i] == 0)
                {
                    Volatile.Write(ref bucket[i], *place);
                    Volatile.Write(ref *place, 0);
                    return true;
                }
            }
        }

        return false;
    }

    private void Unlink(ulong* place)
    {
        RecordHeader* record = At(*place);
        Volatile.Write(ref *place, 0);
        RetireExtents(record);
        _count--;
    }

    private void RetireExtents(RecordHeader* record)
    {
        for (int i = 0; i < record->ExtentCount; i++)
        {
            _segments.Retire(Layout.ExtentsOf(record)[i]);
        }
    }

    private bool TryAllocate(SegmentQueue queue, int octets, out int segment, out int place) =>
        queue.TryAppend(octets, out segment, out place)
        || (TryMakeRoom() && queue.TryOpen() && queue.TryAppend(octets, out segment, out place));

    // Until a segment can be taken beyond the reserve.
    private bool TryMakeRoom()
    {
        if (_isClosed)
        {
            return false;
        }

        for (int round = 0; _segments.FreeCount <= ReserveSegments; round++)
        {
            _segments.Reclaim();
            RelievePins();
            if (_segments.FreeCount > ReserveSegments)
            {
                return true;
            }

            if (round >= MostRounds + ForcedRounds || !EvictSegment(isForced: round >= MostRounds))
            {
                return false;
            }

            _segments.Reclaim();
        }

        return true;
    }

    private bool EvictSegment(bool isForced)
    {
        bool fromSmall = _small.Count > Math.Max(_segments.Count / 10, 2);
        int segment = (fromSmall ? _small : _main).TakeOldest(out int used);
        if (segment < 0)
        {
            fromSmall = !fromSmall;
            segment = (fromSmall ? _small : _main).TakeOldest(out used);
        }

        if (segment < 0)
        {
            return false;
        }

        for (int place = 0; place < used;)
        {
            RecordHeader* record = (RecordHeader*)(_segments.AddressOf(segment) + place);
            EvictRecord(record, segment, place, fromSmall, isForced);
            place += record->TotalOctets;
        }

        _segments.Retire(segment);
        return true;
    }

    private void EvictRecord(RecordHeader* record, int segment, int place, bool fromSmall, bool isForced)
    {
        KeyHash hash = new(record->High, record->Low);
        ulong slot = StoreIndex.Slot(hash, segment, place);
        ulong* link = FindLink(hash, slot);
        if (link == null)
        {
            return;
        }

        byte frequency = record->Frequency;
        if (frequency > 0 && !isForced && TryMove(record, hash, link, fromSmall ? (byte)0 : (byte)(frequency - 1)))
        {
            return;
        }

        if (fromSmall)
        {
            _ghosts.Add(record->High, record->Low);
        }

        Unlink(link);
        _evicted++;
    }

    private bool TryMove(RecordHeader* record, in KeyHash hash, ulong* link, byte frequency)
    {
        // Not TryAllocate: making room is what goes on here. The reserve is for this.
        if (!_main.TryAppend(record->TotalOctets, out int segment, out int place)
            && !(_main.TryOpen() && _main.TryAppend(record->TotalOctets, out segment, out place)))
        {
            return false;
        }

        // Readers may note a soft purge meanwhile: what was looked at before the copy is what the copy is known to say.
        ulong checkedUntil = record->CheckedUntil;
        RecordHeader* made = (RecordHeader*)(_segments.AddressOf(segment) + place);
        new ReadOnlySpan<byte>(record, record->TotalOctets).CopyTo(new Span<byte>(made, record->TotalOctets));
        made->CheckedUntil = checkedUntil;
        made->Frequency = frequency;
        Volatile.Write(ref *link, StoreIndex.Slot(hash, segment, place));
        return true;
    }

    private ulong* FindLink(in KeyHash hash, ulong slot)
    {
        for (int which = 0; which < 2; which++)
        {
            ulong* bucket = _index.Bucket(hash, which);
            for (int i = 0; i < StoreIndex.BucketSlots; i++)
            {
                if (bucket[i] == slot)
                {
                    return bucket + i;
                }
            }
        }

        return null;
    }

    private readonly struct Found
    {
        public Found(ulong* place) => Place = place;

        public ulong* Place { get; }
    }
}
