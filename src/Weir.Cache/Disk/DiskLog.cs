using System.Buffers.Binary;
using Weir.Abstractions.Heads;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// The end of the log: entries are appended in the order in which they came, and found once they are written. One thread. What the file system
/// refuses is an exception, and then nothing may be appended any more.
/// </summary>
internal sealed class DiskLog
{
    private const int BufferOctets = 1 << 20;

    private readonly DiskVolume _volume;
    private readonly DiskIndex _index;
    private readonly DiskCounts _counts;
    private readonly ChangeStamps _stamps;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferOctets);
    private readonly List<PendingLink> _links = [];
    private readonly EntryBuffer _reading = new();
    private readonly List<DiskSlot> _leaving = [];
    private readonly List<DiskRun> _runs = [];
    private readonly ResponseHead _response = new();
    private byte[] _head = [];
    private byte[] _block = [];
    private DiskSegment? _active;
    private ulong _lastSequence;
    private int _buffered;

    public DiskLog(DiskVolume volume, DiskIndex index, ChangeStamps stamps, DiskCounts counts)
    {
        _volume = volume;
        _index = index;
        _stamps = stamps;
        _counts = counts;
        _lastSequence = volume.Segments.Select(segment => segment?.Sequence ?? 0).DefaultIfEmpty().Max();
    }

    /// <summary>Whether a key is popular in memory: then its record stays though nobody reads it from here.</summary>
    public required Func<byte[], bool> IsPopular { get; init; }

    /// <summary>
    /// The number up to which purges survive a crash. Those behind are given again after one: a record must not say that it knows them.
    /// </summary>
    public required Func<ulong> DurableNumber { get; init; }

    /// <summary>The segment that is written; null: the next entry begins one.</summary>
    public DiskSegment? Active => _active;

    /// <summary>Goes on with a segment that an earlier process left unfinished.</summary>
    public void GoOnWith(DiskSegment segment, long usedOctets)
    {
        segment.UsedOctets = DiskFormat.Align(usedOctets);
        _active = segment;
    }

    /// <summary>Appends what memory holds for a key. False: it cannot be kept, or readers hold all segments.</summary>
    public bool TryAppend(in KeyHash hash, ReadOnlySpan<byte> key, in StoredEntry entry, ChangeStamp stamp)
    {
        NewRecord record = RecordOf(entry);
        return entry.BodyOctets <= _volume.InlineOctets
            ? TryAppendInline(hash, key, record, entry, stamp)
            : TryAppendRuns(entry) && TryAppendHead(hash, key, record, entry.BodyOctets, stamp);
    }

    /// <summary>Appends another head for a body that is on the disk already.</summary>
    public bool TryAppendHead(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, long bodyOctets, ReadOnlySpan<DiskRun> runs, ChangeStamp stamp)
    {
        _runs.Clear();
        _runs.AddRange(runs);
        return TryAppendHead(hash, key, record, bodyOctets, stamp);
    }

    /// <summary>Appends a part of a large body that was put in blocks, sums left out.</summary>
    /// <param name="framed">Room for the entry's header, then the blocks.</param>
    /// <param name="content">Octets of the body in it.</param>
    /// <param name="run">Where it lies now.</param>
    public bool TryAppendRun(Span<byte> framed, long content, out DiskRun run)
    {
        run = default;
        long total = DiskFormat.Align(DiskFormat.EntryHeaderOctets + DiskFormat.FramedOctets(content));
        if (!TryMakeRoom(total))
        {
            return false;
        }

        Flush();
        long place = _active!.UsedOctets;
        run = new DiskRun
        {
            Sequence = _active.Sequence,
            Segment = _active.Number,
            Place = place + DiskFormat.EntryHeaderOctets,
            Octets = content,
        };
        EntryHeader header = new()
        {
            SegmentSequence = _active.Sequence,
            BodyOctets = content,
            TotalOctets = (uint)total,
            Kind = EntryKind.Run,
        };
        header.Seal(_volume.Id, place);
        EntryHeader.OctetsOf(ref header).CopyTo(framed);
        for (int block = 0; block < run.BlockCount; block++)
        {
            int start = (int)(run.PlaceOf(block) - place);
            Seal(framed.Slice(start, run.ContentOf(block) + DiskFormat.SumOctets), run.PlaceOf(block));
        }

        _active.File.Write(framed[..(int)(DiskFormat.EntryHeaderOctets + DiskFormat.FramedOctets(content))], place);
        _active.UsedOctets += total;
        _counts.AddWritten(total);
        return true;
    }

    /// <summary>Appends the note that what was written for a key is no longer good.</summary>
    public bool TryAppendRemoved(in KeyHash hash)
    {
        if (!TryMakeRoom(DiskFormat.EntryHeaderOctets))
        {
            return false;
        }

        EntryHeader header = HeaderOf(hash, EntryKind.Removed, DiskFormat.EntryHeaderOctets);
        header.Seal(_volume.Id, Place);
        Put(EntryHeader.OctetsOf(ref header));
        Finish();
        return true;
    }

    /// <summary>Writes what is buffered; from then on it is found.</summary>
    public void Flush()
    {
        if (_buffered > 0)
        {
            _active!.File.Write(_buffer.AsSpan(0, _buffered), _active.UsedOctets);
            _active.UsedOctets += _buffered;
            _counts.AddWritten(_buffered);
            _buffered = 0;
        }

        foreach (PendingLink link in _links)
        {
            if (WhyNotLinked(link) is { } why)
            {
                _counts.Drop(why);
            }
        }

        _links.Clear();
    }

    private DiskDrop? WhyNotLinked(PendingLink link)
    {
        if (link.From is { } from)
        {
            return _index.Move(from, link.Slot) ? null : DiskDrop.Changed;
        }

        bool hasRoom = true;
        bool isUnchanged = _stamps.TryDo(link.Stamp, () =>
        {
            hasRoom = _index.Put(link.Slot);
            return true;
        });
        return !isUnchanged ? DiskDrop.Changed : hasRoom ? null : DiskDrop.IndexFull;
    }

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

    // The number first: what a purge makes of it afterwards is then looked at again.
    public NewRecord RecordOf(in StoredEntry entry)
    {
        ulong number = entry.CheckedUntil;
        _response.Clear();
        entry.LoadHead(_response);
        return new NewRecord
        {
            Kind = entry.Kind,
            Status = entry.Status,
            Fields = _response.Fields,
            Freshness = entry.Freshness,
            KeepUntilSeconds = entry.KeepUntilSeconds,
            DateSeconds = entry.DateSeconds,
            ModifiedSeconds = entry.ModifiedSeconds,
            Generation = entry.Generation,
            Number = number,
            Tags = entry.Tags.IsEmpty ? null : entry.Tags.ToArray(),
        };
    }

    private long Place => _active!.UsedOctets + _buffered;

    private bool TryAppendInline(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, in StoredEntry entry, ChangeStamp stamp)
    {
        if (!TryBegin(hash, key, record, [], entry.BodyOctets, DiskFormat.FramedOctets(entry.BodyOctets), out DiskSlot slot))
        {
            return false;
        }

        for (long offset = 0; offset < entry.BodyOctets;)
        {
            int content = (int)Math.Min(entry.BodyOctets - offset, DiskFormat.BlockContent);
            Span<byte> block = Room(content + DiskFormat.SumOctets);
            Gather(entry, offset, block[DiskFormat.SumOctets..]);
            Seal(block, Place);
            _buffered += block.Length;
            offset += content;
        }

        Finish();
        _links.Add(new PendingLink(slot, stamp, null));
        return true;
    }

    private bool TryAppendRuns(in StoredEntry entry)
    {
        // Together in one segment where that is possible: what is reused then takes all of it.
        long framed = DiskFormat.FramedOctets(entry.BodyOctets);
        if (framed < _volume.SegmentOctets / 4 && !TryMakeRoom(framed + (framed / 8) + DiskFormat.MostHeadOctets / 16))
        {
            return false;
        }

        _runs.Clear();
        long most = (long)_volume.RunBlocks * DiskFormat.BlockContent;
        EnsureBlock();
        for (long offset = 0; offset < entry.BodyOctets;)
        {
            long content = Math.Min(most, entry.BodyOctets - offset);
            for (long within = 0; within < content; within += DiskFormat.BlockContent)
            {
                int octets = (int)Math.Min(DiskFormat.BlockContent, content - within);
                int start = DiskFormat.EntryHeaderOctets + (int)(within / DiskFormat.BlockContent * DiskFormat.BlockOctets) + DiskFormat.SumOctets;
                Gather(entry, offset + within, _block.AsSpan(start, octets));
            }

            if (!TryAppendRun(_block, content, out DiskRun run))
            {
                return false;
            }

            _runs.Add(run);
            offset += content;
        }

        return true;
    }

    private bool TryAppendHead(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, long bodyOctets, ChangeStamp stamp)
    {
        if (!TryBegin(hash, key, record, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_runs), bodyOctets, 0, out DiskSlot slot))
        {
            return false;
        }

        Finish();
        _links.Add(new PendingLink(slot, stamp, null));
        return true;
    }

    // Header and head of a record; the body's blocks come next.
    private bool TryBegin(
        in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, ReadOnlySpan<DiskRun> runs, long bodyOctets, long framedOctets, out DiskSlot slot)
    {
        slot = default;
        int headOctets = EntryHead.Measure(record, key.Length, runs.Length);
        long total = DiskFormat.Align(DiskFormat.EntryHeaderOctets + headOctets + framedOctets);
        if (headOctets < 0 || !TryMakeRoom(total))
        {
            return false;
        }

        if (_head.Length < headOctets)
        {
            _head = new byte[headOctets * 2];
        }

        // What tells this body from others that come for the key: readers of a head that they have from memory ask for it.
        NewRecord named = record.Generation != 0 || record.Kind != RecordKind.Response
            ? record
            : record with { Generation = DiskFormat.SeedOf(_volume.Id, _active!.Sequence, Place) | 1 };
        Span<byte> head = _head.AsSpan(0, headOctets);
        EntryHead.Write(named, key, runs, head);
        EntryHeader header = HeaderOf(hash, EntryKind.Record, total);
        header.Number = Math.Min(record.Number, DurableNumber());
        header.BodyOctets = bodyOctets;
        header.HeadOctets = (uint)headOctets;
        header.HeadSum = BlockSum.Of(head, DiskFormat.SeedOf(_volume.Id, _active!.Sequence, Place + DiskFormat.EntryHeaderOctets));
        header.KeepUntil = (uint)Math.Clamp(record.KeepUntilSeconds, 0, uint.MaxValue);
        header.Seal(_volume.Id, Place);
        slot = DiskSlot.Of(header, _active.Number, Place);
        slot.OldestPart = DiskRun.OldestBut(_active.Sequence, runs);
        _active.LeastNumber = Math.Min(_active.LeastNumber, header.Number);
        Put(EntryHeader.OctetsOf(ref header));
        Put(head);
        return true;
    }

    private EntryHeader HeaderOf(in KeyHash hash, EntryKind kind, long total) => new()
    {
        SegmentSequence = _active!.Sequence,
        High = hash.High,
        Low = hash.Low,
        TotalOctets = (uint)total,
        Kind = kind,
    };

    private void Seal(Span<byte> block, long place) => BinaryPrimitives.WriteUInt32LittleEndian(
        block, BlockSum.Of(block[DiskFormat.SumOctets..], DiskFormat.SeedOf(_volume.Id, _active!.Sequence, place)));

    private static void Gather(in StoredEntry entry, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> part = entry.BodyFrom(offset).Span;
            part = part[..Math.Min(part.Length, target.Length)];
            part.CopyTo(target);
            target = target[part.Length..];
            offset += part.Length;
        }
    }

    // Octets of the buffer that lie together; they count once they are filled.
    private Span<byte> Room(int octets)
    {
        if (_buffered + octets > BufferOctets)
        {
            WriteBuffer();
        }

        return _buffer.AsSpan(_buffered, octets);
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > BufferOctets)
        {
            WriteBuffer();
            _active!.File.Write(octets, _active.UsedOctets);
            _active.UsedOctets += octets.Length;
            return;
        }

        octets.CopyTo(Room(octets.Length));
        _buffered += octets.Length;
    }

    private void Finish()
    {
        int padding = (int)(DiskFormat.Align(Place) - Place);
        Room(padding).Clear();
        _buffered += padding;
    }

    private void WriteBuffer()
    {
        _active!.File.Write(_buffer.AsSpan(0, _buffered), _active.UsedOctets);
        _active.UsedOctets += _buffered;
        _counts.AddWritten(_buffered);
        _buffered = 0;
    }

    private bool HasRoom(long octets) => _active is not null && Place + octets <= _volume.SegmentOctets;

    private bool TryMakeRoom(long octets) =>
        octets <= _volume.SegmentOctets - DiskFormat.SegmentHeaderOctets && (HasRoom(octets) || (TryTurn() && HasRoom(octets)));

    // The next segment is begun; then the oldest is emptied, so that there is a free one the next time: what survives goes into the new one.
    private bool TryTurn()
    {
        if (_active is not null)
        {
            Flush();
        }

        DiskSegment? next = TakeFree();
        if (next is null && Oldest() is { } oldest)
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

    // At most half a segment of the oldest is appended again, so that nothing is written more than twice for being used.
    private void SaveUsed(DiskSegment victim)
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

            try
            {
                budget -= Save(victim, slot, budget);
            }
            catch (IOException)
            {
                // What cannot be read is not worth saving; what cannot be written is found out by the next append.
                _counts.FailRead();
            }
        }
    }

    private long Save(DiskSegment victim, in DiskSlot slot, long budget)
    {
        if (slot.Octets > budget || !_index.IsCurrent(slot) || _volume.Segments[slot.Segment] is not { } home
            || !_reading.TryRead(_volume, home, slot, withBody: home == victim)
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

        EnsureBlock();
        for (int i = 0; i < runs.Length; i++)
        {
            if (runs[i].Sequence == victim.Sequence && (!TryReadRun(runs[i]) || !TryAppendRun(_block, runs[i].Octets, out runs[i])))
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
        if (!run.IsThere(_volume.Segments) || DiskFormat.FramedOctets(run.Octets) > _block.Length - DiskFormat.EntryHeaderOctets)
        {
            return false;
        }

        DiskSegment segment = _volume.Segments[run.Segment]!;

        Span<byte> framed = _block.AsSpan(DiskFormat.EntryHeaderOctets, (int)DiskFormat.FramedOctets(run.Octets));
        if (!EntryBuffer.TryReadWhole(segment.File, framed, run.Place))
        {
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

    private void EnsureBlock()
    {
        int octets = DiskFormat.EntryHeaderOctets + (_volume.RunBlocks * DiskFormat.BlockOctets);
        if (_block.Length < octets)
        {
            _block = GC.AllocateUninitializedArray<byte>(octets);
        }
    }

    private readonly record struct PendingLink(DiskSlot Slot, ChangeStamp Stamp, DiskSlot? From);
}
