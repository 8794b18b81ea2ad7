using System.Diagnostics;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <content>The thread that writes: it opens the directory, looks through it, appends, and turns the tier off and on.</content>
public sealed partial class DiskTier
{
    private const int MostQueued = 16_384;
    private const int MostPieces = 48;
    private const int BatchJobs = 256;
    private const int MostFailedReads = 16;

    private readonly object _queueGate = new();
    private readonly Queue<WriteJob> _queue = new();

    // Notes that what is on the disk for a key is no longer good, which could not be written yet. Only the writer's thread.
    private readonly List<KeyHash> _owed = [];
    private readonly List<WriteJob> _batch = [];

    // Large bodies whose head is appended: they are told once it is found.
    private readonly List<LargeWrite> _ended = [];
    private readonly EntryBuffer _reading = new();
    private Thread? _writer;
    private DiskLog? _log;
    private DiskScan? _scan;
    private ulong _owedSeed;
    private ulong _purges;
    private long _octets;
    private long _openedAt;
    private long _loadMs;
    private int _pieceCount;
    private int _paid;
    private bool _isClosing;
    private bool _isWorking;
    private bool _isResized;
    private bool _isAnnounced;
    private volatile bool _mustTurnOff;
    private volatile DiskState _state;
    private volatile string _problem = "";

    /// <summary>What it does.</summary>
    public DiskState State
    {
        get => _state;
        private set => _state = value;
    }

    /// <summary>Whether a key is popular in memory: its record is then kept on the disk though nobody reads it there. Asked by the writer's thread.</summary>
    public Func<byte[], bool>? IsPopular { get; set; }

    /// <summary>Begins to serve, or takes another size over. Any thread; returns at once.</summary>
    /// <param name="octets">The most that it may take, its own files included.</param>
    /// <param name="purges">Whose numbers and tags records have (<see cref="Purging.PurgeList.Identity"/>).</param>
    public void Start(long octets, ulong purges)
    {
        lock (_queueGate)
        {
            if (_isClosing)
            {
                return;
            }

            _isResized |= _octets != octets;
            Volatile.Write(ref _octets, octets);
            _purges = purges;
            if (_writer is null)
            {
                _writer = new Thread(Run) { Name = $"weir-disk-{_settings.Name}-writer", IsBackground = true };
                _writer.Start();
            }

            Monitor.Pulse(_queueGate);
        }
    }

    /// <summary>Writes what is queued, and the index, so that the next start has it at once. Nothing is stored or found any more.</summary>
    public void Dispose()
    {
        lock (_queueGate)
        {
            _isClosing = true;
            Monitor.PulseAll(_queueGate);
        }

        if (State == DiskState.Closed)
        {
            return;
        }

        _writer?.Join();
        State = DiskState.Closed;
        _readers.Dispose();
    }

    /// <summary>How long it waits before it tries a directory again: what another process holds sooner, a thirtieth of it.</summary>
    internal int RetryMs { get; set; } = 30_000;

    /// <summary>Waits until everything that was queued is written and looked through: for tests.</summary>
    internal bool WaitUntilIdle(TimeSpan most)
    {
        lock (_queueGate)
        {
            while (_queue.Count > 0 || _isWorking || State is DiskState.Opening or DiskState.Scanning)
            {
                if (!Monitor.Wait(_queueGate, most))
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal LargeWrite.Piece? RentPiece(DiskVolume volume)
    {
        lock (_queueGate)
        {
            if (_pieceCount == MostPieces || !ReferenceEquals(_volume, volume))
            {
                Counts.Drop(_volume is null ? DiskDrop.Off : DiskDrop.TooSlow);
                return null;
            }

            _pieceCount++;
            return new LargeWrite.Piece(volume.RunBlocks);
        }
    }

    internal void ReturnPiece(LargeWrite.Piece piece)
    {
        lock (_queueGate)
        {
            _pieceCount--;
        }

        piece.Free();
    }

    internal bool WritePiece(LargeWrite large, LargeWrite.Piece piece) =>
        ReferenceEquals(_volume, large.Volume) && TryQueue(WriteJob.ToWrite(large, piece));

    private bool TryQueue(WriteJob job)
    {
        lock (_queueGate)
        {
            if (_isClosing || _volume is null || _queue.Count >= MostQueued)
            {
                return false;
            }

            Queue(job);
            return true;
        }
    }

    private void QueueAlways(WriteJob job)
    {
        lock (_queueGate)
        {
            if (!_isClosing)
            {
                Queue(job);
            }
        }
    }

    private void Queue(WriteJob job)
    {
        _queue.Enqueue(job);
        if (_queue.Count == 1)
        {
            Monitor.PulseAll(_queueGate);
        }
    }

    private void NoteFailedRead()
    {
        if (Interlocked.Increment(ref _failedReadsInRow) == MostFailedReads)
        {
            _mustTurnOff = true;
            lock (_queueGate)
            {
                Monitor.PulseAll(_queueGate);
            }
        }
    }

    private void Run()
    {
        while (!Volatile.Read(ref _isClosing))
        {
            try
            {
                if (_volume is null && TryOpen() is { } refusal)
                {
                    TurnOff(refusal);
                    WaitForRetry(refusal.IsSoonOver ? RetryMs / 30 : RetryMs);
                    continue;
                }

                Work();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Counts.FailWrite();
                TurnOff(DiskRefusal.Of(exception));
                WaitForRetry(RetryMs);
            }
            catch (Exception exception)
            {
                // A defect costs the tier, not the process.
                TurnOff(new DiskRefusal($"a defect in Weir ({exception})", "Please report it."));
                WaitForRetry(RetryMs);
            }
        }

        Close();
    }

    // What is queued meanwhile is given up: it is remembered what must not come back.
    private void WaitForRetry(int mostMs)
    {
        lock (_queueGate)
        {
            if (!_isClosing)
            {
                _isWorking = false;
                Monitor.PulseAll(_queueGate);
                Monitor.Wait(_queueGate, mostMs);
            }
        }
    }

    private DiskRefusal? TryOpen()
    {
        State = DiskState.Opening;
        _openedAt = Stopwatch.GetTimestamp();
        Volatile.Write(ref _loadMs, 0);
        DiskVolume? volume;
        try
        {
            if (Prepare?.Invoke() is { } unready)
            {
                return unready;
            }

            volume = DiskVolume.TryOpen(_files, Volatile.Read(ref _octets), _purges, out DiskRefusal? refusal);
            if (volume is null)
            {
                return refusal;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return DiskRefusal.Of(exception);
        }

        try
        {
            Publish(volume);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            volume.Dispose();
            return DiskRefusal.Of(exception);
        }
    }

    private void Publish(DiskVolume volume)
    {
        if (_missedTooMany)
        {
            DiskVolume.Wipe(volume);
        }

        DiskIndex index = new(DiskVolume.MostObjects(Volatile.Read(ref _octets)));
        DiskLog log = new(volume, index, Stamps, Counts)
        {
            IsPopular = key => IsPopular?.Invoke(key) == true,
            DurableNumber = DurableNumber,
        };
        DiskScan? scan = null;
        if (DiskSnapshot.TryRead(volume, index, out DiskSegment? active))
        {
            if (active is not null)
            {
                log.GoOnWith(active, active.UsedOctets);
            }
        }
        else
        {
            scan = new DiskScan(volume, index, Counts);
            if (scan.ScanNewest() is { } newest)
            {
                log.GoOnWith(newest.Segment, newest.End);
            }
        }

        _log = log;
        _scan = scan;
        _isScanning = scan is not null;
        _mustTurnOff = false;
        Volatile.Write(ref _failedReadsInRow, 0);
        if (_owedSeed != volume.Seed)
        {
            _owed.Clear();
            _owedSeed = volume.Seed;
        }

        List<WriteJob> late = [];
        lock (_missedGate)
        {
            foreach (MissedKey missed in _missed.Values)
            {
                KeyHash hash = KeyHash.Of(missed.Key, volume.Seed);
                ChangeStamp stamp = Stamps.Change(hash.Low);
                _owed.Add(hash);
                if (missed.Store is { } store)
                {
                    late.Add(WriteJob.ToStore(hash, missed.Key, stamp, store, KeyHash.Of(missed.Key), hidesOlder: true));
                }
            }

            foreach (KeyHash hash in _owed)
            {
                index.Put(DiskSlot.MarkOf(hash.Low));
            }

            _missed.Clear();
            _missedTooMany = false;
            _index = index;
            _volume = volume;
        }

        StoreLate(late);
        _problem = "";
        State = DiskState.Scanning;
        if (scan is null)
        {
            BeLoaded();
        }

        if (_isAnnounced)
        {
            _observer?.OnTurnedOn(_settings.Path, index.Count);
            _isAnnounced = false;
        }
    }

    private void StoreLate(List<WriteJob> late)
    {
        foreach (WriteJob job in late)
        {
            Stamps.Expect(job.Stamp, 1);
            if (!TryQueue(job))
            {
                Counts.Drop(DiskDrop.TooSlow);
                Stamps.Expect(job.Stamp, -1);
            }
        }
    }

    private void TurnOff(DiskRefusal refusal)
    {
        DiskVolume? volume;
        lock (_queueGate)
        {
            volume = _volume;
            _volume = null;
            GiveUpQueued();
        }

        _ended.Clear();
        _paid = 0;
        _log = null;
        _scan = null;
        _isScanning = false;
        _index = new DiskIndex(0);
        volume?.Dispose();
        string problem = $"{refusal.Reason}. {refusal.Remedy}";
        State = DiskState.Off;
        if (_problem != problem)
        {
            _problem = problem;
            _isAnnounced = true;
            _observer?.OnTurnedOff(_settings.Path, refusal.Reason, refusal.Remedy);
        }
    }

    // With the gate held.
    private void GiveUpQueued()
    {
        foreach (WriteJob job in _batch.Concat(_queue))
        {
            GiveUp(job);
        }

        _batch.Clear();
        _queue.Clear();
    }

    private void GiveUp(WriteJob job)
    {
        if (job.HidesOlder)
        {
            _owed.Add(job.Hash);
        }

        if (job.Piece is { } piece)
        {
            ReturnPiece(piece);
        }

        if (job.IsRecord)
        {
            Counts.Drop(DiskDrop.Off);
            Stamps.Expect(job.Stamp, -1);
        }

        job.Large?.Break();
        if (job.Piece is null)
        {
            job.Large?.Tell(false);
        }
    }

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

    private void BeLoaded()
    {
        Volatile.Write(ref _loadMs, Math.Max((long)Stopwatch.GetElapsedTime(_openedAt).TotalMilliseconds, 1));
        State = DiskState.On;
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
                store.Release(lane, entry);
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

    private void Close()
    {
        try
        {
            if (_volume is { } volume && _log is { } log)
            {
                for (int left = MostQueued / BatchJobs; left > 0 && _queue.Count + _owed.Count > 0; left--)
                {
                    Work();
                }

                if (_scan is null && _owed.Count == 0)
                {
                    DiskSnapshot.Write(volume, _index, log.Active);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Counts.FailWrite();
        }

        lock (_queueGate)
        {
            GiveUpQueued();
            _isWorking = false;
            Monitor.PulseAll(_queueGate);
        }

        DiskVolume? last = _volume;
        _volume = null;
        last?.Dispose();
    }
}
