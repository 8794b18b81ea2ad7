using Weir.Cache.Keys;
using Weir.Cache.Purging;

namespace Weir.Cache.Collapsing;

/// <summary>
/// The fills in flight, by their keys. Shared by all loops and guarded by one lock, held for a look into a table: only misses come here.
/// </summary>
public sealed class FillTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<KeyHash, Fill> _fills = [];
    private readonly PurgeList _purges;

    /// <summary>An empty table.</summary>
    /// <param name="purges">What was purged.</param>
    public FillTable(PurgeList purges) => _purges = purges;

    /// <summary>Fills in flight.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _fills.Count;
            }
        }
    }

    /// <summary>
    /// The fill of a key: a new one, which the caller then owns and must end, or the one in flight. Either way the caller leaves it. Who
    /// comes after a purge that may touch what a fill brings does not join it.
    /// </summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="key">The key.</param>
    /// <param name="primary">The hash of the URI's key, of which the key may be a variant.</param>
    /// <param name="isOwner">Whether it is new.</param>
    public Fill Join(in KeyHash hash, byte[] key, in KeyHash primary, out bool isOwner)
    {
        lock (_gate)
        {
            bool isThere = _fills.TryGetValue(hash, out Fill? fill);
            bool isPurged = isThere && _purges.MayTouch(fill!.Key, fill.Number);
            if (isThere && !isPurged && fill!.Key.AsSpan().SequenceEqual(key))
            {
                isOwner = false;
                fill.Join();
                return fill;
            }

            isOwner = true;
            Fill own = new(key, primary, _purges.Last);
            if (fill is null || isPurged)
            {
                _fills[hash] = own;
            }

            return own;
        }
    }

    /// <summary>The fill is over: who comes now finds what it brought, or begins another.</summary>
    public void End(in KeyHash hash, Fill fill)
    {
        lock (_gate)
        {
            if (_fills.TryGetValue(hash, out Fill? known) && ReferenceEquals(known, fill))
            {
                _fills.Remove(hash);
            }
        }

        fill.End();
    }

    /// <summary>What fills of a URI bring is no longer good: it is not stored, and nobody joins them any more.</summary>
    public void Invalidate(in KeyHash primary)
    {
        lock (_gate)
        {
            foreach ((KeyHash hash, Fill fill) in _fills)
            {
                if (fill.Primary == primary)
                {
                    fill.Invalidate();
                    _fills.Remove(hash);
                }
            }
        }
    }
}
