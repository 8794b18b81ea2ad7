namespace Weir.Cache.Disk;

/// <summary>
/// Whether a key was changed meanwhile: what a thread read or wrote beside counts only if not. Many keys share a counter, so that what is
/// unchanged may be taken for changed, never the other way. Any thread; each counter is guarded by one of the locks.
/// </summary>
internal sealed class ChangeStamps
{
    private const int CounterBits = 16;
    private const int LockBits = 6;

    private readonly uint[] _counters = new uint[1 << CounterBits];
    private readonly int[] _expected = new int[1 << CounterBits];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, 1 << LockBits).Select(_ => new Lock())];

    /// <summary>The key's stamp now.</summary>
    public ChangeStamp Of(ulong tag)
    {
        int counter = CounterOf(tag);
        return new ChangeStamp(tag, Volatile.Read(ref _counters[counter]));
    }

    /// <summary>The key is about to change: whoever has a stamp of before is late.</summary>
    public ChangeStamp Change(ulong tag)
    {
        int counter = CounterOf(tag);
        lock (LockOf(tag))
        {
            return new ChangeStamp(tag, ++_counters[counter]);
        }
    }

    /// <summary>Does something unless the key was changed since; nothing changes it meanwhile. The action must be short.</summary>
    public bool TryDo(ChangeStamp stamp, Func<bool> action)
    {
        lock (LockOf(stamp.Tag))
        {
            return _counters[CounterOf(stamp.Tag)] == stamp.Count && action();
        }
    }

    /// <summary>
    /// So many more records of the key, or of others that share its counter, wait to be written; fewer, where it is negative.
    /// </summary>
    public void Expect(ChangeStamp stamp, int more) => Interlocked.Add(ref _expected[CounterOf(stamp.Tag)], more);

    /// <summary>Whether such records wait.</summary>
    public bool IsExpected(ChangeStamp stamp) => Volatile.Read(ref _expected[CounterOf(stamp.Tag)]) > 0;

    private static int CounterOf(ulong tag) => (int)(tag >> 32) & ((1 << CounterBits) - 1);

    private Lock LockOf(ulong tag) => _locks[(tag >> 32) & ((1 << LockBits) - 1)];
}
