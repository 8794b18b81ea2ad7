// Hot: each hit with content is listed here while it is sent.
using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Stores;

/// <summary>
/// Who reads from a store on one loop, the longest first. Where slow ones keep more than their share of memory that was evicted, those that
/// read the longest are cut off. Only <see cref="Ask"/> may be called by other threads.
/// </summary>
public sealed class LaneReaders
{
    // Who read for less is none of the slow ones.
    private const int LeastMs = 1_000;

    private readonly MemoryStore _store;
    private readonly LoopServices _services;
    private readonly SynchronizationContext? _loop = SynchronizationContext.Current;
    private StoreReader? _first;
    private StoreReader? _last;
    private int _isAsked;

    internal LaneReaders(MemoryStore store, LoopServices services)
    {
        _store = store;
        _services = services;
    }

    /// <summary>It begins to read.</summary>
    public void Add(StoreReader reader)
    {
        reader.SinceMs = _services.NowMs;
        reader.IsListed = true;
        reader.Previous = _last;
        reader.Next = null;
        if (_last is null)
        {
            _first = reader;
        }
        else
        {
            _last.Next = reader;
        }

        _last = reader;
    }

    /// <summary>It ends; a second time is ignored.</summary>
    public void Remove(StoreReader reader)
    {
        if (!reader.IsListed)
        {
            return;
        }

        reader.IsListed = false;
        if (reader.Previous is null)
        {
            _first = reader.Next;
        }
        else
        {
            reader.Previous.Next = reader.Next;
        }

        if (reader.Next is null)
        {
            _last = reader.Previous;
        }
        else
        {
            reader.Next.Previous = reader.Previous;
        }

        reader.Previous = null;
        reader.Next = null;
    }

    /// <summary>Asks the loop to cut off who keeps too much; from any thread.</summary>
    internal void Ask()
    {
        if (Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            _loop?.Post(static state => ((LaneReaders)state!).Relieve(), this);
        }
    }

    private void Relieve()
    {
        Volatile.Write(ref _isAsked, 0);
        int excess = _store.CountExcess();
        StoreReader? reader = _first;
        while (reader is not null && excess > 0 && _services.NowMs - reader.SinceMs >= LeastMs)
        {
            StoreReader? next = reader.Next;
            int retired = reader.CountRetired();
            if (retired > 0)
            {
                excess -= retired;
                Remove(reader);
                _store.NoteCut();
                reader.Cut();
            }

            reader = next;
        }
    }
}
