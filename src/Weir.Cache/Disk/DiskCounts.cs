namespace Weir.Cache.Disk;

/// <summary>What a tier has done. Any thread.</summary>
internal sealed class DiskCounts
{
    private readonly long[] _dropped = new long[(int)DiskDrop.Count];
    private long _hits;
    private long _misses;
    private long _opened;
    private long _corrupt;
    private long _readFailures;
    private long _writeFailures;
    private long _written;
    private long _saved;
    private long _stored;
    private long _evicted;
    private long _busy;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public long Opened => Volatile.Read(ref _opened);

    public long Corrupt => Volatile.Read(ref _corrupt);

    public long ReadFailures => Volatile.Read(ref _readFailures);

    public long WriteFailures => Volatile.Read(ref _writeFailures);

    public long WrittenOctets => Volatile.Read(ref _written);

    public long SavedOctets => Volatile.Read(ref _saved);

    public long Stored => Volatile.Read(ref _stored);

    public long Dropped(DiskDrop why) => Volatile.Read(ref _dropped[(int)why]);

    public long Evicted => Volatile.Read(ref _evicted);

    public long Busy => Volatile.Read(ref _busy);

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Miss() => Interlocked.Increment(ref _misses);

    public void Open() => Interlocked.Increment(ref _opened);

    public void FindCorrupt() => Interlocked.Increment(ref _corrupt);

    public void FailRead() => Interlocked.Increment(ref _readFailures);

    public void FailWrite() => Interlocked.Increment(ref _writeFailures);

    public void AddWritten(long octets) => Interlocked.Add(ref _written, octets);

    public void AddSaved(long octets) => Interlocked.Add(ref _saved, octets);

    public void Store() => Interlocked.Increment(ref _stored);

    public void Drop(DiskDrop why) => Interlocked.Increment(ref _dropped[(int)why]);

    public void Evict() => Interlocked.Increment(ref _evicted);

    public void BeBusy() => Interlocked.Increment(ref _busy);
}
