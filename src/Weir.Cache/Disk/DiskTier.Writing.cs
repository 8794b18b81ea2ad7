using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <content>What the thread that writes does with what waits: it appends, and looks through what an earlier process left.</content>
public sealed partial class DiskTier
{
    private const int BatchJobs = 256;

    // Notes that what is on the disk for a key is no longer good, which could not be written yet. Only the writer's thread.
    private readonly List<KeyHash> _owed = [];
    private readonly List<WriteJob> _batch = [];

    // Large bodies whose head is appended: they are told once it is found.
    private readonly List<LargeWrite> _ended = [];
    private readonly EntryBuffer _reading = new();
    private DiskLog? _log;
    private DiskScan? _scan;
    private int _paid;

    // One round: what is queued, then a piece of the scan.
    private void Work()
    {
        if (_mustTurnOff)
        {
            throw new IOException("reads fail again and again");
        }

        TakeBatch();
        PayOwed();
        for (int i = 0; i < _batch.Count; i++)
        {
            Do(i);
        }

        // Until here everything of the batch may be lost: then it is given up as a whole.
        _log!.Flush();
        _owed.RemoveRange(0, _paid);
        _paid = 0;
        foreach (WriteJob job in _batch)
        {
            Stamps.Expect(job.Stamp, job.IsRecord ? -1 : 0);
        }

        _batch.Clear();
        _ended.ForEach(large => large.Tell(true));
        _ended.Clear();
        if (_scan is { } scan)
        {
            Scan(scan);
        }
    }

    private void TakeBatch()
    {
        bool isResized;
        lock (_queueGate)
        {
            if (_queue.Count == 0 && _scan is null && !_isResized && !_isClosing && !_mustTurnOff)
            {
                _isWorking = false;
                Monitor.PulseAll(_queueGate);
                Monitor.Wait(_queueGate);
            }

            _isWorking = true;
            while (_batch.Count < BatchJobs && _queue.TryDequeue(out WriteJob? job))
            {
                _batch.Add(job);
            }

            isResized = _isResized;
            _isResized = false;
        }

        if (isResized)
        {
            Resize();
        }
    }

    private void Resize()
    {
        long octets = Volatile.Read(ref _octets);
        if (!DiskVolume.Fits(octets, _volume!.SegmentOctets))
        {
            // Another size of segments: the directory is begun anew.
            DiskVolume volume = _volume;
            lock (_queueGate)
            {
                _volume = null;
                GiveUpQueued();
            }

            volume.Dispose();
            if (TryOpen() is { } refusal)
            {
                throw new IOException(refusal.Reason);
            }

            return;
        }

        _volume.SetSize(octets);
        _log!.Shrink();
    }

    private void Scan(DiskScan scan)
    {
        if (!scan.IsDone)
        {
            scan.Step();
        }

        if (scan.IsDone)
        {
            _scan = null;
            _isScanning = false;
            _index.DropMarks();
            BeLoaded();
        }
    }

    private void Do(int place)
    {
        WriteJob job = _batch[place];
        if (job.Piece is { } piece)
        {
            // The piece is given back here, whatever happens.
            _batch[place] = WriteJob.None;
            WritePart(job.Large!, piece);
        }
        else if (job.Large is { } large)
        {
            WriteLargeHead(job, large);
        }
        else if (job.Store is { } store)
        {
            WriteStored(job, store);
        }
        else if (job.Hash != default)
        {
            // What was appended before for the key and is not yet found must not be found afterwards.
            _log!.Flush();
            if (!_isScanning)
            {
                _index.Remove(job.Hash.Low);
            }

            WriteRemoved(job.Hash);
        }
    }

    private void WriteStored(WriteJob job, MemoryStore store)
    {
        int lane = store.LaneCount - 1;
        bool isWritten = false;
        DiskDrop why = DiskDrop.Gone;
        if (store.TryFind(lane, job.MemoryHash, job.Key, out StoredEntry entry))
        {
            try
            {
                why = entry.IsBodyElsewhere ? DiskDrop.Gone : DiskDrop.NoPlace;
                isWritten = entry.IsBodyElsewhere ? TryWriteHead(job, entry) : _log!.TryAppend(job.Hash, job.Key, entry, job.Stamp);
            }
            finally
            {
                // Being written is no use: it would make everything popular.
                store.ReleaseUnused(lane, entry);
            }
        }

        if (isWritten)
        {
            Counts.Store();
            return;
        }

        Counts.Drop(why);
        if (job.HidesOlder)
        {
            WriteRemoved(job.Hash);
        }
    }

    // The body stays where it is.
    private bool TryWriteHead(WriteJob job, in StoredEntry entry)
    {
        _log!.Flush();
        if (!_index.TryPin(job.Hash.Low, _volume!.Segments, out DiskSlot slot, out DiskSegment? segment))
        {
            return false;
        }

        try
        {
            if (!_reading.TryRead(_volume, segment, slot, withBody: false) || !_reading.Key.SequenceEqual(job.Key)
                || _reading.Record.Generation != entry.Generation || _reading.Header.BodyOctets != entry.BodyOctets)
            {
                return false;
            }

            DiskRun[] runs = _reading.IsInline ? [_reading.InlineRun(slot.Segment, slot.Place)] : _reading.Runs.ToArray();
            return _log.TryAppendHead(job.Hash, job.Key, _log.RecordOf(entry), entry.BodyOctets, runs, job.Stamp);
        }
        finally
        {
            segment.Unpin();
        }
    }

    private void WritePart(LargeWrite large, LargeWrite.Piece piece)
    {
        try
        {
            if (large.IsBroken)
            {
                return;
            }

            if (_log!.TryAppendRun(piece.Framed, piece.Octets, out DiskRun run))
            {
                large.Runs.Add(run);
                return;
            }

            Counts.Drop(DiskDrop.NoPlace);
            large.Break();
        }
        catch (IOException)
        {
            large.Break();
            throw;
        }
        finally
        {
            ReturnPiece(piece);
        }
    }

    private void WriteLargeHead(WriteJob job, LargeWrite large)
    {
        bool isWritten = !large.IsBroken
            && _log!.TryAppendHead(
                job.Hash, job.Key, large.Record, large.Octets, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(large.Runs), job.Stamp);
        if (isWritten)
        {
            Counts.Store();
            _ended.Add(large);
            return;
        }

        WriteRemoved(job.Hash);
        large.Tell(false);
    }

    private void WriteRemoved(in KeyHash hash)
    {
        if (!_log!.TryAppendRemoved(hash))
        {
            _owed.Add(hash);
        }
    }

    private void PayOwed()
    {
        while (_paid < _owed.Count && _log!.TryAppendRemoved(_owed[_paid]))
        {
            _paid++;
        }
    }
}
