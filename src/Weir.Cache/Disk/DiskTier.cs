using Weir.Cache.Keys;
using Weir.Cache.Purging;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// What a cache keeps on disk: a log of segments, an index in memory outside of the garbage-collected heap, one thread that writes, a few
/// that read. Loops only look into the index and leave messages. docs/decisions/0020-disk-tier.md has the drawing.
/// </summary>
public sealed partial class DiskTier : IPurgedTier, IDisposable
{
    // Keys that changed while the directory could not be used. More than these, and what it holds is given up.
    private const int MostMissed = 262_144;

    private readonly DiskSettings _settings;
    private readonly IDiskFiles _files;
    private readonly IDiskObserver? _observer;
    private readonly DiskReaders _readers;
    private readonly Lock _missedGate = new();
    private readonly Dictionary<KeyHash, MissedKey> _missed = [];
    private readonly Lock _loadGate = new();
    private readonly Dictionary<KeyHash, LoadJob> _loads = [];
    private volatile DiskVolume? _volume;
    private volatile DiskIndex _index = new(0);
    private volatile bool _isScanning;
    private bool _missedTooMany;
    private int _failedReadsInRow;

    /// <summary>A tier that does nothing until it is started.</summary>
    public DiskTier(DiskSettings settings, IDiskObserver? observer)
        : this(settings, new DiskFiles(settings.Path), observer)
    {
    }

    internal DiskTier(DiskSettings settings, IDiskFiles files, IDiskObserver? observer)
    {
        _settings = settings;
        _files = files;
        _observer = observer;
        _readers = new DiskReaders(settings.Name);
    }

    /// <summary>What it was made for.</summary>
    public DiskSettings Settings => _settings;

    /// <summary>The largest body that it stores; 0 while it cannot be used.</summary>
    public long MostBodyOctets =>
        _volume is { } volume ? Math.Min(Volatile.Read(ref _octets) / 4, 30_000L * volume.RunBlocks * DiskFormat.BlockContent) : 0;

    /// <summary>What it holds and has done.</summary>
    public DiskStatistics Statistics
    {
        get
        {
            DiskVolume? volume = _volume;
            int segments = volume?.Segments.Count(segment => segment is not null) ?? 0;
            return new DiskStatistics
            {
                State = State,
                Problem = _problem,
                Objects = _index.Count,
                CapacityOctets = Volatile.Read(ref _octets),
                UsedOctets = segments * (volume?.SegmentOctets ?? 0),
                Segments = segments,
                SegmentLimit = volume?.SegmentLimit ?? 0,
                IndexOctets = _index.MemoryOctets,
                LoadMs = Volatile.Read(ref _loadMs),
                Hits = Counts.Hits,
                Misses = Counts.Misses,
                Opened = Counts.Opened,
                Busy = Counts.Busy,
                Stored = Counts.Stored,
                Evicted = Counts.Evicted,
                Corrupt = Counts.Corrupt,
                ReadFailures = Counts.ReadFailures,
                WriteFailures = Counts.WriteFailures,
                WrittenOctets = Counts.WrittenOctets,
                SavedOctets = Counts.SavedOctets,
                Dropped = DiskDrops.All.ToDictionary(why => why, Counts.Dropped),
            };
        }
    }

    /// <inheritdoc/>
    public bool IsPrompt => false;

    /// <summary>
    /// Records are looked at when they come into memory, not before: what no record is older than may be forgotten. Nothing, while it is
    /// not known what the disk holds.
    /// </summary>
    public ulong SettledUntil
    {
        get
        {
            if (_volume is not { } volume || _isScanning)
            {
                return 0;
            }

            ulong least = ulong.MaxValue;
            foreach (DiskSegment? segment in volume.Segments)
            {
                least = segment is { Sequence: not 0 } ? Math.Min(least, segment.LeastNumber) : least;
            }

            return least;
        }
    }

    /// <summary>
    /// Asked by the writer's thread before it opens the directory: why it may not. What the file system refuses is an exception.
    /// </summary>
    internal Func<DiskRefusal?>? Prepare { get; init; }

    /// <summary>The number up to which purges survive a crash: no record on disk says a greater one.</summary>
    internal Func<ulong> DurableNumber { get; init; } = () => ulong.MaxValue;

    internal DiskVolume? Volume => _volume;

    internal DiskIndex Index => _index;

    internal ChangeStamps Stamps { get; } = new();

    internal DiskCounts Counts { get; } = new();

    /// <summary>Whether there may be a record for a key. One look into memory; any loop.</summary>
    public bool MayHave(ReadOnlySpan<byte> key, long nowSeconds) =>
        _volume is { } volume && _index.Contains(KeyHash.Of(key, volume.Seed).Low, nowSeconds);

    /// <summary>
    /// Brings the record of a key into memory, its body too where that is small. To be awaited on the loop that calls. All that ask at once
    /// wait for one read.
    /// </summary>
    public ValueTask<DiskLoad> LoadAsync(MemoryStore store, in KeyHash memoryHash, byte[] key)
    {
        if (_volume is not { } volume)
        {
            return new(DiskLoad.Missing);
        }

        KeyHash hash = KeyHash.Of(key, volume.Seed);
        LoopAnswer<DiskLoad> answer = new();
        lock (_loadGate)
        {
            if (_loads.TryGetValue(hash, out LoadJob? load) && load.IsFor(store, key))
            {
                load.Waiting.Add(answer);
                return answer.Task;
            }

            LoadJob job = new(this, store, hash, memoryHash, key, Stamps.Of(hash.Low));
            if (load is not null || !_readers.TryAdd(job))
            {
                Counts.BeBusy();
                return new(DiskLoad.Missing);
            }

            job.Waiting.Add(answer);
            _loads.Add(hash, job);
        }

        return answer.Task;
    }

    /// <summary>
    /// Opens the body of a record whose head is in memory (<see cref="StoredEntry.IsBodyElsewhere"/>). To be awaited on the loop that
    /// calls; null: it is no longer there. The caller releases it.
    /// </summary>
    public ValueTask<DiskObject?> OpenAsync(byte[] key, ulong generation, long octets)
    {
        if (_volume is not { } volume)
        {
            return new(default(DiskObject));
        }

        OpenJob job = new(this, KeyHash.Of(key, volume.Seed), key, generation, octets);
        if (_readers.TryAdd(job))
        {
            return job.Answer.Task;
        }

        Counts.BeBusy();
        return new(default(DiskObject));
    }

    /// <summary>
    /// Says that the record of a key is about to change in memory: what the disk holds for it is of no use from now on. Followed by
    /// <see cref="Stored"/> or <see cref="Removed"/>, once memory is changed.
    /// </summary>
    public DiskChange Change(ReadOnlySpan<byte> key)
    {
        if (_volume is not { } volume)
        {
            lock (_missedGate)
            {
                volume = _volume!;
                if (volume is null)
                {
                    Miss(key);
                    return default;
                }
            }
        }

        KeyHash hash = KeyHash.Of(key, volume.Seed);
        ChangeStamp stamp = Stamps.Change(hash.Low);
        if (!_isScanning)
        {
            return new DiskChange(hash, stamp, _index.Remove(hash.Low));
        }

        _index.Put(DiskSlot.MarkOf(hash.Low));
        return new DiskChange(hash, stamp, true);
    }

    /// <summary>Memory has a new record for a key: it is to be written.</summary>
    public void Stored(in DiskChange change, MemoryStore store, in KeyHash memoryHash, ReadOnlySpan<byte> key)
    {
        if (change.Hash == default)
        {
            StoreLater(store, memoryHash, key);
            return;
        }

        Stamps.Expect(change.Stamp, 1);
        if (!TryQueue(WriteJob.ToStore(change.Hash, key.ToArray(), change.Stamp, store, memoryHash, change.HidesOlder)))
        {
            Counts.Drop(_volume is null ? DiskDrop.Off : DiskDrop.TooSlow);
            Stamps.Expect(change.Stamp, -1);
            Removed(change);
        }
    }

    /// <summary>Memory has no record for a key any more.</summary>
    public void Removed(in DiskChange change)
    {
        // What is queued for the key and not yet found would come after: it hides nothing older, and must not come back all the same.
        if (change.Hash != default && (change.HidesOlder || Stamps.IsExpected(change.Stamp)))
        {
            QueueAlways(WriteJob.ToRemove(change.Hash));
        }
    }

    /// <summary>Memory has another head for a body that lies on the disk: after a validation.</summary>
    public void Refreshed(MemoryStore store, in KeyHash memoryHash, ReadOnlySpan<byte> key)
    {
        if (_volume is { } volume)
        {
            KeyHash hash = KeyHash.Of(key, volume.Seed);
            ChangeStamp stamp = Stamps.Of(hash.Low);
            Stamps.Expect(stamp, 1);
            if (!TryQueue(WriteJob.ToStore(hash, key.ToArray(), stamp, store, memoryHash, hidesOlder: false)))
            {
                Counts.Drop(_volume is null ? DiskDrop.Off : DiskDrop.TooSlow);
                Stamps.Expect(stamp, -1);
            }
        }
    }

    /// <summary>Begins a body that is too large for memory; null: the tier cannot be used.</summary>
    /// <param name="mostOctets">The most that it may have.</param>
    public LargeWrite? BeginLarge(long mostOctets) =>
        _volume is { } volume ? new LargeWrite(this, volume, Math.Min(mostOctets, MostBodyOctets)) : null;

    internal void EndLoad(LoadJob job, DiskLoad load)
    {
        lock (_loadGate)
        {
            _loads.Remove(job.Hash);
        }

        if (load == DiskLoad.InMemory)
        {
            Counts.Hit();
            Volatile.Write(ref _failedReadsInRow, 0);
        }
        else
        {
            Counts.Miss();
        }

        job.Waiting.ForEach(answer => answer.Tell(load));
    }

    internal bool TryRead(ReadJob job) => _readers.TryAdd(job);

    /// <summary>A record is not what was written, or of no use.</summary>
    internal void Forget(in DiskSlot slot, bool isCorrupt)
    {
        // Where it moved meanwhile it is not the same: it stays.
        if (_index.Remove(slot) && isCorrupt)
        {
            Counts.FindCorrupt();
        }
    }

    /// <summary>The file system refused a read.</summary>
    internal void FailRead(in DiskSlot slot)
    {
        Counts.FailRead();
        _index.Remove(slot);
        NoteFailedRead();
    }

    internal bool EndLarge(LargeWrite large, byte[] key)
    {
        KeyHash hash = KeyHash.Of(key, large.Volume.Seed);
        ChangeStamp stamp = Stamps.Change(hash.Low);
        Stamps.Expect(stamp, 1);
        if (ReferenceEquals(_volume, large.Volume) && TryQueue(WriteJob.ToEnd(large, hash, key, stamp)))
        {
            return true;
        }

        Counts.Drop(_volume is null ? DiskDrop.Off : DiskDrop.TooSlow);
        Stamps.Expect(stamp, -1);
        return false;
    }

    // With the gate held.
    private void Miss(ReadOnlySpan<byte> key)
    {
        KeyHash hash = KeyHash.Of(key);
        if (_missed.TryGetValue(hash, out MissedKey known))
        {
            _missed[hash] = known with { Store = null };
            return;
        }

        _missedTooMany |= _missed.Count == MostMissed;
        if (!_missedTooMany)
        {
            _missed.Add(hash, new MissedKey(key.ToArray(), null));
        }
    }

    // What was stored while the directory could not be used is written once it can be.
    private void StoreLater(MemoryStore store, in KeyHash memoryHash, ReadOnlySpan<byte> key)
    {
        bool isOn;
        lock (_missedGate)
        {
            isOn = _volume is not null;
            if (!isOn && _missed.TryGetValue(memoryHash, out MissedKey known))
            {
                _missed[memoryHash] = known with { Store = store };
            }
        }

        if (isOn)
        {
            Stored(Change(key), store, memoryHash, key);
        }
    }

    private readonly record struct MissedKey(byte[] Key, MemoryStore? Store);
}
