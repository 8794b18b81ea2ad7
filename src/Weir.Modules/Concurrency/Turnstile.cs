// Hot: entered and left once for each exchange.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Modules.Limiting;

namespace Weir.Modules.Concurrency;

/// <summary>
/// Exchanges in flight on all loops, and who waits to be among them. While nobody waits, entering and leaving are an atomic for the key and
/// one for the limit of all, where there are such limits. Who waits stands in the line of its key; lines whose key may have another
/// exchange take turns for the places that come free, so that a key of many requests holds nobody up but itself. A place is handed on only
/// under the lock, and who comes while others wait for the same place queues up behind them.
/// </summary>
/// <remarks>
/// No wake-up is lost: who begins to wait says so (in the key's count, or in <c>_roundCount</c>) before it looks at the count for the last
/// time; who leaves counts down before it looks whether somebody waits. Both are full fences.
/// </remarks>
internal sealed class Turnstile
{
    // How late those are told whose time is over at a reload that shortens it.
    private const int LongestTickMs = 250;

    private readonly Lock _lines = new();
    private readonly Dictionary<ulong, KeyLine> _byKey = [];
    private readonly Queue<KeyLine> _round = [];
    private readonly KeyCounts? _keys;
    private readonly bool _countsAll;
    private readonly AdaptiveLimit? _learnt;
    private PlaceCount _all;
    private int _roundCount;
    private int _waiting;
    private volatile Bounds _bounds;
    private volatile LoopPlaces?[] _loops = [];

    /// <param name="key">Whose exchanges belong together; null: everyone's.</param>
    /// <param name="bounds">The numbers to begin with: which limits there are stays as it is.</param>
    /// <param name="entries">The keys that can be in flight at once.</param>
    public Turnstile(RequestKey? key, Bounds bounds, int entries)
    {
        Key = key;
        _bounds = bounds;
        _keys = bounds.OfKey > 0 ? new KeyCounts(entries) : null;
        _learnt = bounds.Learnt is { } range ? new AdaptiveLimit(range) : null;
        _countsAll = bounds.OfAll > 0 || _learnt is not null;
    }

    /// <summary>
    /// Whose exchanges belong together; null: everyone's. Kept with the counts, because its hash has a secret of its own.
    /// </summary>
    public RequestKey? Key { get; }

    /// <summary>Exchanges in flight, about.</summary>
    public long InFlight => _countsAll ? _all.Value : _keys?.Sum() ?? 0;

    /// <summary>Requests that wait, about.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>The limit of all; 0 where there is none.</summary>
    public int LimitOfAll => _countsAll ? MostOfAll(_bounds) : 0;

    /// <summary>Exchanges of a key in flight.</summary>
    public int InFlightOf(ulong key) => _keys?.Of(key) ?? 0;

    /// <summary>Puts other numbers in force, for everyone.</summary>
    public void Apply(Bounds bounds)
    {
        if (!ReferenceEquals(bounds, _bounds))
        {
            Replace(bounds);
        }
    }

    /// <summary>A place, if there is one and nobody waits for it; else null.</summary>
    public Hold? TryEnter(ulong key, LoopServices loop)
    {
        Bounds bounds = _bounds;
        bool isCounted = false;
        if (_keys is not null)
        {
            Entry entry = _keys.TryEnter(key, bounds.OfKey);
            if (entry == Entry.Full)
            {
                return null;
            }

            isCounted = entry == Entry.Counted;
        }

        if (_countsAll && (Volatile.Read(ref _roundCount) != 0 || !_all.TryEnter(MostOfAll(bounds))))
        {
            if (isCounted && _keys!.Leave(key))
            {
                Wake(key);
            }

            return null;
        }

        return Take(key, loop, isCounted);
    }

    /// <summary>The place that a wait ended with.</summary>
    public Hold Take(ulong key, LoopServices loop, bool isCounted)
    {
        Hold hold = PlacesOf(loop).RentHold();
        hold.Begin(key, isCounted);
        return hold;
    }

    /// <summary>Gives a place back; any loop.</summary>
    public void Leave(ulong key, bool isCounted)
    {
        bool isAwaited = isCounted && _keys!.Leave(key);
        if (_countsAll)
        {
            _all.Leave();
            isAwaited |= Volatile.Read(ref _roundCount) != 0;
        }

        if (isAwaited)
        {
            Wake(key);
        }
    }

    /// <summary>
    /// Queues a request up; null when it may not wait. It may have its place at once. Who gets a waiter returns it to its places.
    /// </summary>
    public Waiter? Enqueue(ulong key, LoopServices loop, out bool isHeldByKey)
    {
        LoopPlaces places = PlacesOf(loop);
        Waiter waiter = places.RentWaiter();
        Waiter? resumed;
        lock (_lines)
        {
            Bounds bounds = _bounds;
            if (!_byKey.TryGetValue(key, out KeyLine? line))
            {
                line = new KeyLine(key);
            }

            if (_waiting >= bounds.QueueOfAll || line.Count >= bounds.Queue)
            {
                isHeldByKey = line.Count > 0 ? !line.IsInRound : _keys is not null && _keys.Of(key) >= bounds.OfKey;
                places.Return(waiter);
                return null;
            }

            _byKey[key] = line;
            waiter.Begin(key, loop.NowMs + bounds.WaitMs);
            line.Append(waiter);
            places.Append(waiter);
            Volatile.Write(ref _waiting, _waiting + 1);
            if (!line.IsInRound && (_keys is null || !_keys.TryMarkWaiting(key, bounds.OfKey)))
            {
                AddToRound(line);
            }

            resumed = Dispatch(bounds, waiter);
            isHeldByKey = waiter.IsHeldByKey = waiter.Line is { IsInRound: false };

            // Once the lock is free another loop may end the wait, and resumes it then.
            waiter.HasEnteredAtOnce = waiter.End == WaitEnd.Entered;
        }

        Resume(resumed);
        if (!waiter.HasEnteredAtOnce && !places.IsTicking)
        {
            places.IsTicking = true;
            loop.Observe(TickAsync(places));
        }

        return waiter;
    }

    /// <summary>The client of a request that waits has gone.</summary>
    public void GiveUp(Waiter waiter)
    {
        Waiter? resumed;
        lock (_lines)
        {
            if (waiter.End != WaitEnd.None || waiter.Line is null)
            {
                return;
            }

            Remove(waiter, WaitEnd.Gone);
            resumed = Dispatch(_bounds, null);
        }

        waiter.Post();
        Resume(resumed);
    }

    /// <summary>An origin has answered: learns from the time it took.</summary>
    public void OnAnswer(long sentNs, long nowNs)
    {
        if (_learnt!.OnAnswer(sentNs, nowNs, _all.Value) && Volatile.Read(ref _roundCount) != 0)
        {
            WakeAll();
        }
    }

    /// <summary>An origin has not answered, or said that it has too much to do.</summary>
    public void OnDrop(long nowNs) => _learnt!.OnDrop(nowNs, _all.Value);

    private static void Resume(Waiter? first)
    {
        for (Waiter? waiter = first; waiter is not null;)
        {
            // Once it is posted it belongs to its loop.
            Waiter? next = waiter.NextResumed;
            waiter.NextResumed = null;
            waiter.Post();
            waiter = next;
        }
    }

    private int MostOfAll(Bounds bounds) => _learnt?.Limit ?? bounds.OfAll;

    private LoopPlaces PlacesOf(LoopServices loop)
    {
        LoopPlaces?[] loops = _loops;
        return loop.Index < loops.Length && loops[loop.Index] is { } places ? places : AddPlaces(loop);
    }

    private LoopPlaces AddPlaces(LoopServices loop)
    {
        lock (_lines)
        {
            LoopPlaces?[] loops = [.. _loops];
            Array.Resize(ref loops, Math.Max(loops.Length, loop.Index + 1));
            LoopPlaces places = new(this, loop);
            loops[loop.Index] = places;
            _loops = loops;
            return places;
        }
    }

    private void Replace(Bounds bounds)
    {
        Waiter? resumed;
        lock (_lines)
        {
            _bounds = bounds;
            _learnt?.Bound(bounds.Learnt!);
            foreach (KeyLine line in _byKey.Values)
            {
                AddToRound(line);
            }

            resumed = Dispatch(bounds, null);
        }

        Resume(resumed);
    }

    private void Wake(ulong key)
    {
        Waiter? resumed;
        lock (_lines)
        {
            if (_byKey.TryGetValue(key, out KeyLine? line))
            {
                AddToRound(line);
            }

            resumed = Dispatch(_bounds, null);
        }

        Resume(resumed);
    }

    private void WakeAll()
    {
        Waiter? resumed;
        lock (_lines)
        {
            resumed = Dispatch(_bounds, null);
        }

        Resume(resumed);
    }

    /// <summary>Under the lock: gives places to the lines in turn. Those to be resumed, but for the one that is just arriving.</summary>
    private Waiter? Dispatch(Bounds bounds, Waiter? arriving)
    {
        Waiter? first = null;
        Waiter? last = null;
        while (_round.TryPeek(out KeyLine? line))
        {
            if (line.Count == 0)
            {
                TakeFromRound();
                continue;
            }

            bool isCounted = false;
            if (_keys is not null)
            {
                Entry entry = _keys.TryEnter(line.Key, bounds.OfKey, hasWaited: true);
                if (entry == Entry.Full)
                {
                    if (_keys.TryMarkWaiting(line.Key, bounds.OfKey))
                    {
                        TakeFromRound();
                    }

                    continue;
                }

                isCounted = entry == Entry.Counted;
            }

            if (_countsAll && !_all.TryEnter(MostOfAll(bounds)))
            {
                // The line stays first in the round: whoever leaves looks there.
                if (isCounted)
                {
                    _keys!.Leave(line.Key);
                }

                break;
            }

            TakeFromRound();
            Waiter waiter = line.First!;
            waiter.IsCounted = isCounted;
            Remove(waiter, WaitEnd.Entered);
            if (line.Count > 0)
            {
                AddToRound(line);
            }

            if (ReferenceEquals(waiter, arriving))
            {
                continue;
            }

            if (last is null)
            {
                first = waiter;
            }
            else
            {
                last.NextResumed = waiter;
            }

            last = waiter;
        }

        return first;
    }

    private void Remove(Waiter waiter, WaitEnd end)
    {
        KeyLine line = waiter.Line!;
        waiter.End = end;
        waiter.IsHeldByKey = !line.IsInRound;
        line.Remove(waiter);
        waiter.Places.Remove(waiter);
        Volatile.Write(ref _waiting, _waiting - 1);
        if (line.Count == 0)
        {
            _byKey.Remove(line.Key);
            _keys?.UnmarkWaiting(line.Key);
        }
    }

    private void AddToRound(KeyLine line)
    {
        if (!line.IsInRound)
        {
            line.IsInRound = true;
            _round.Enqueue(line);
            Interlocked.Exchange(ref _roundCount, _round.Count);
        }
    }

    private void TakeFromRound()
    {
        _round.Dequeue().IsInRound = false;
        Interlocked.Exchange(ref _roundCount, _round.Count);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask TickAsync(LoopPlaces places)
    {
        while (Expire(places) is var delayMs and > 0)
        {
            await places.Loop.DelayAsync(delayMs);
        }

        places.IsTicking = false;
    }

    /// <summary>Tells those whose time is over; in how many milliseconds to look again, 0: nobody waits.</summary>
    private int Expire(LoopPlaces places)
    {
        long nowMs = places.Loop.NowMs;
        Waiter? first = null;
        Waiter? last = null;
        Waiter? resumed;
        int delayMs;
        lock (_lines)
        {
            while (places.First is { } waiter && waiter.DeadlineMs <= nowMs)
            {
                Remove(waiter, WaitEnd.TimedOut);
                if (last is null)
                {
                    first = waiter;
                }
                else
                {
                    last.NextResumed = waiter;
                }

                last = waiter;
            }

            resumed = first is null ? null : Dispatch(_bounds, null);
            delayMs = places.First is { } next ? (int)Math.Clamp(next.DeadlineMs - nowMs, 1, LongestTickMs) : 0;
        }

        Resume(first);
        Resume(resumed);
        return delayMs;
    }
}
