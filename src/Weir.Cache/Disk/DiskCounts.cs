namespace Weir.Cache.Disk;

/// <summary>What a tier has done. Any thread.</summary>
internal sealed class DiskCounts
{
    private long _hits;
    private long _misses;
    private long _corrupt;
    private long _readFailures;
    private long _writeFailures;
    private long _written;
    private long _saved;
    private long _stored;
    private long _dropped;
    private long _evicted;
    private long _busy;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public long Corrupt => Volatile.Read(ref _corrupt);

    public long ReadFailures => Volatile.Read(ref _readFailures);

    public long WriteFailures => Volatile.Read(ref _writeFailures);

    public long WrittenOctets => Volatile.Read(ref _written);

    public long SavedOctets => Volatile.Read(ref _saved);

    public long Stored => Volatile.Read(ref _stored);

    public long Dropped => Volatile.Read(ref _dropped);

    public long Evicted => Volatile.Read(ref _evicted);

    public long Busy => Volatile.Read(ref _busy);

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Miss() => Interlocked.Increment(ref _misses);

    public void FindCorrupt() => Interlocked.Increment(ref _corrupt);

    public void FailRead() => Interlocked.Increment(ref _readFailures);

    public void FailWrite() => Interlocked.Increment(ref _writeFailures);

    public void AddWritten(long octets) => Interlocked.Add(ref _written, octets);

    public void AddSaved(long octets) => Interlocked.Add(ref _saved, octets);

    public void Store() => Interlocked.Increment(ref _stored);

    public void Drop() => Interlocked.Increment(ref _dropped);

    public void Evict() => Interlocked.Increment(ref _evicted);

    public void BeBusy() => Interlocked.Increment(ref _busy);
}
