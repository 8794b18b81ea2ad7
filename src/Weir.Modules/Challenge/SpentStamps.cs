namespace Weir.Modules.Challenge;

/// <summary>
/// Stamps that have brought what they are good for, until they would have ended anyway: each brings it once. Shared by all modules and
/// loops of the process; one lock. When it is full, the one that ends first is forgotten: whoever solved so many puzzles may use one of
/// them twice.
/// </summary>
internal sealed class SpentStamps
{
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _ids = [];
    private readonly PriorityQueue<ulong, long> _byEnd = new();
    private readonly int _most;

    /// <param name="most">How many are kept.</param>
    public SpentStamps(int most = 100_000) => _most = most;

    /// <summary>How many are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ids.Count;
            }
        }
    }

    /// <summary>Spends a stamp; false when it was spent before.</summary>
    /// <param name="id">What tells it from others.</param>
    /// <param name="now">Seconds.</param>
    /// <param name="end">The second from which on it is not taken anyway.</param>
    public bool TrySpend(ulong id, long now, long end)
    {
        lock (_lock)
        {
            if (!_ids.Add(id))
            {
                return false;
            }

            _byEnd.Enqueue(id, end);
            while (_byEnd.TryPeek(out ulong old, out long oldEnd) && (oldEnd <= now || _ids.Count > _most))
            {
                _byEnd.Dequeue();
                _ids.Remove(old);
            }

            return true;
        }
    }
}
