using System.Collections.Concurrent;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// What must not be used again in this process: logins that were completed, sessions that were ended. Bounded; any thread.
/// </summary>
internal sealed class SpentIds
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, long> _untilS = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Spends an id; false: it was spent already.</summary>
    /// <param name="id">The id.</param>
    /// <param name="until">When it is of no use any more by itself, in seconds since 1970.</param>
    /// <param name="now">The time.</param>
    public bool TrySpend(string id, long until, long now)
    {
        if (Volatile.Read(ref _count) >= Most)
        {
            Tidy(now);
        }

        if (!_untilS.TryAdd(id, until))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }

    /// <summary>Whether an id was spent.</summary>
    public bool Has(string id) => Volatile.Read(ref _count) > 0 && _untilS.ContainsKey(id);

    // Those that still count go only where there are more of them than anybody is.
    private void Tidy(long now)
    {
        foreach ((string id, long until) in _untilS)
        {
            if (until <= now && _untilS.TryRemove(id, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }

        if (Volatile.Read(ref _count) >= Most)
        {
            _untilS.Clear();
            Interlocked.Exchange(ref _count, 0);
        }
    }
}
