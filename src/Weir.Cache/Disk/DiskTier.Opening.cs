using System.Diagnostics;
using Weir.Cache.Keys;

namespace Weir.Cache.Disk;

/// <content>The thread that writes opens the directory, and turns the tier off and on.</content>
public sealed partial class DiskTier
{
    private Thread? _writer;
    private ulong _owedSeed;
    private ulong _purges;
    private long _octets;
    private long _openedAt;
    private long _loadMs;
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

    /// <summary>
    /// Whether a key is popular in memory: its record is then kept on the disk though nobody reads it there. Asked by the writer's thread.
    /// </summary>
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

    private void BeLoaded()
    {
        Volatile.Write(ref _loadMs, Math.Max((long)Stopwatch.GetElapsedTime(_openedAt).TotalMilliseconds, 1));
        State = DiskState.On;
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
