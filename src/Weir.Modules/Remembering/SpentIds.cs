using System.Collections.Concurrent;

namespace Weir.Modules.Remembering;

/// <summary>
/// What is good once, or no more: puzzles that were solved, signatures with a nonce, logins that were completed, sessions that ended; each
/// until it would be of no use anyway. Shared by modules and loops of the process; one lock for who spends, none for who looks.
/// </summary>
/// <remarks>
/// It is bounded, and never takes anything twice: when it is full, what ends first is forgotten, and from then on whatever ends no later
/// counts as spent. Who fills it makes what was issued long ago end earlier, and cannot use anything again.
/// </remarks>
internal sealed class SpentIds
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ulong, byte> _ids = new();
    private readonly PriorityQueue<ulong, long> _byEnd = new();
    private readonly int _most;
    private long _forgottenEnd = long.MinValue;
    private bool _isFresh = true;

    /// <param name="most">How many are kept.</param>
    public SpentIds(int most = 100_000) => _most = most;

    /// <summary>How many are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byEnd.Count;
            }
        }
    }

    /// <summary>Whether nothing was spent yet, so that nobody has to look.</summary>
    public bool IsFresh => Volatile.Read(ref _isFresh);

    /// <summary>Whether something was spent, or is of a time of which nothing is known any more.</summary>
    /// <param name="id">What tells it from others; not chosen by who shows it.</param>
    /// <param name="end">The time from which on it is of no use: the same whenever it is asked about.</param>
    public bool Has(ulong id, long end) => end <= Volatile.Read(ref _forgottenEnd) || _ids.ContainsKey(id);

    /// <summary>Spends it; false when <see cref="Has"/> says that it was.</summary>
    /// <param name="id">What tells it from others.</param>
    /// <param name="now">The time, by the clock of <paramref name="end"/>.</param>
    /// <param name="end">The time from which on it is of no use.</param>
    public bool TrySpend(ulong id, long now, long end)
    {
        lock (_lock)
        {
            if (end <= _forgottenEnd || !_ids.TryAdd(id, 0))
            {
                return false;
            }

            Volatile.Write(ref _isFresh, false);
            _byEnd.Enqueue(id, end);
            while (_byEnd.TryPeek(out ulong old, out long oldEnd) && (oldEnd <= now || _byEnd.Count > _most))
            {
                // Before it goes: who looks meanwhile finds the one or the other.
                Volatile.Write(ref _forgottenEnd, oldEnd > now ? Math.Max(oldEnd, _forgottenEnd) : _forgottenEnd);
                _byEnd.Dequeue();
                _ids.TryRemove(old, out _);
            }

            return true;
        }
    }
}
