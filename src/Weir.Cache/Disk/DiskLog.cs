using Weir.Abstractions.Heads;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// The end of the log: entries are appended in the order in which they came, and found once they are written. One thread. What the file
/// system refuses is an exception, and then nothing may be appended any more.
/// </summary>
internal sealed partial class DiskLog
{
    private readonly DiskVolume _volume;
    private readonly DiskIndex _index;
    private readonly DiskCounts _counts;
    private readonly ChangeStamps _stamps;
    private readonly List<PendingLink> _links = [];

    // Of the one body that is appended; what is saved beside it has its own.
    private readonly List<DiskRun> _runs = [];
    private readonly ResponseHead _response = new();
    private byte[] _head = [];
    private DiskSegment? _active;

    public DiskLog(DiskVolume volume, DiskIndex index, ChangeStamps stamps, DiskCounts counts)
    {
        _volume = volume;
        _index = index;
        _stamps = stamps;
        _counts = counts;
        _lastSequence = volume.Segments.Select(segment => segment?.Sequence ?? 0).DefaultIfEmpty().Max();
    }

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
    public bool TryAppendHead(
        in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, long bodyOctets, ReadOnlySpan<DiskRun> runs, ChangeStamp stamp)
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
        EnsureBlock(ref _block);
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

    private readonly record struct PendingLink(DiskSlot Slot, ChangeStamp Stamp, DiskSlot? From);
}
