// Hot: one decision for each request that passes the stack.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Modules.Limiting;

/// <summary>
/// Token buckets in fixed memory, shared by all loops. A bucket is one number, the time at which it will be full again (the theoretical
/// arrival time of the generic cell rate algorithm), changed by compare and swap. Keys lie in sets of eight, two cache lines that are
/// fetched at once. A bucket that is full again says nothing and gives its place away, and in a set of busy keys the one nearest to full
/// does. There are two places for each key, so that with as many live keys as were asked for some 1 in 100 must do so. The memory is zero,
/// and not there, until it is used.
/// </summary>
/// <remarks>
/// Giving a place away and spending from it may meet on two loops: then a request is counted for its successor. That is a request more or
/// less for one client, once.
/// </remarks>
internal sealed class TokenBuckets
{
    private const int SetSize = 8;
    private const int SetOctets = 128;
    private const double NsPerSecond = 1e9;

    private readonly Bucket[] _buckets;

    // Where sets begin, so that each lies in two cache lines and not in three.
    private readonly int _origin;
    private readonly int _setMask;
    private readonly long _tokenNs;
    private readonly long _burstNs;
    private readonly int _burst;

    /// <summary>Buckets for at least that many keys; <paramref name="burst"/> tokens come within 1e9 seconds.</summary>
    public TokenBuckets(int entries, double perSecond, int burst)
        : this(entries, Math.Max(1, (long)(NsPerSecond / perSecond)), burst)
    {
    }

    /// <summary>Buckets of which only as much is booked as comes back within a time.</summary>
    public TokenBuckets(int entries, TimeSpan burst)
        : this(entries, (long)burst.TotalNanoseconds, 1)
    {
    }

    private TokenBuckets(int entries, long tokenNs, int burst)
    {
        int sets = (int)BitOperations.RoundUpToPowerOf2((uint)(((2L * entries) + SetSize - 1) / SetSize));
        _buckets = LargeTable.Allocate<Bucket>((sets + 1) * SetSize);
        _origin = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_buckets, 0) & (SetOctets - 1)) / Unsafe.SizeOf<Bucket>();
        _setMask = sets - 1;
        _tokenNs = tokenNs;
        _burst = burst;
        _burstNs = _tokenNs * burst;
    }

    /// <summary>Spends one token of a key, if there is one.</summary>
    public BucketDecision Spend(ulong key, long nowNs)
    {
        ref long place = ref _buckets[FindOrTake(key, nowNs)].FullAtNs;
        while (true)
        {
            long seen = Volatile.Read(ref place);
            BucketDecision decision = Decide(seen, nowNs, out long next);
            if (!decision.IsAllowed || Interlocked.CompareExchange(ref place, next, seen) == seen)
            {
                return decision;
            }
        }
    }

    /// <summary>Gives a token back that was spent just now. A key that was forgotten meanwhile has all of them.</summary>
    public void GiveBack(ulong key)
    {
        int index = Find(key);
        if (index >= 0)
        {
            Interlocked.Add(ref _buckets[index].FullAtNs, -_tokenNs);
        }
    }

    /// <summary>What <see cref="Spend"/> would say, without spending.</summary>
    public BucketDecision Peek(ulong key, long nowNs)
    {
        int index = Find(key);
        return Decide(index < 0 ? 0 : Volatile.Read(ref _buckets[index].FullAtNs), nowNs, out _);
    }

    /// <summary>
    /// Books what takes that long to come back, also where that is not there yet: bookings of a key follow each other.
    /// </summary>
    /// <returns>How long to wait until it is there, in nanoseconds; 0: it is.</returns>
    public long Book(ulong key, long costNs, long nowNs)
    {
        ref long place = ref _buckets[FindOrTake(key, nowNs)].FullAtNs;
        while (true)
        {
            long seen = Volatile.Read(ref place);
            long next = Math.Max(seen, nowNs) + costNs;
            if (Interlocked.CompareExchange(ref place, next, seen) == seen)
            {
                return Math.Max(0, next - nowNs - _burstNs);
            }
        }
    }

    private BucketDecision Decide(long fullAt, long nowNs, out long next)
    {
        long from = Math.Max(fullAt, nowNs);
        next = from + _tokenNs;
        long beyond = next - nowNs - _burstNs;
        return beyond > 0
            ? new BucketDecision(false, 0, beyond)
            : new BucketDecision(true, (int)Math.Min(-beyond / _tokenNs, _burst), 0);
    }

    // All are compared before one is chosen: no place in memory waits for another one, and no branch is mispredicted.
    private int Find(ulong key)
    {
        int first = SetOf(key);
        Span<Bucket> set = _buckets.AsSpan(first, SetSize);
        uint found = 0;
        for (int i = 0; i < set.Length; i++)
        {
            found |= (uint)Unsafe.BitCast<bool, byte>(Volatile.Read(ref set[i].Key) == key) << i;
        }

        return found == 0 ? -1 : first + BitOperations.TrailingZeroCount(found);
    }

    private int FindOrTake(ulong key, long nowNs)
    {
        while (true)
        {
            int index = Find(key);
            if (index >= 0)
            {
                return index;
            }

            int place = FindVictim(SetOf(key), nowNs, out ulong old);
            if (Interlocked.CompareExchange(ref _buckets[place].Key, key, old) == old)
            {
                Volatile.Write(ref _buckets[place].FullAtNs, 0);
                return place;
            }
        }
    }

    private int FindVictim(int first, long nowNs, out ulong old)
    {
        int best = first;
        long earliest = long.MaxValue;
        for (int i = first; i < first + SetSize && earliest > nowNs; i++)
        {
            long fullAt = Volatile.Read(ref _buckets[i].FullAtNs);
            if (fullAt < earliest)
            {
                earliest = fullAt;
                best = i;
            }
        }

        old = Volatile.Read(ref _buckets[best].Key);
        return best;
    }

    private int SetOf(ulong key) => (((int)(key >> 32) & _setMask) * SetSize) + _origin;

    // A key, and when its bucket will be full again: beside each other, because a decision needs both.
    private struct Bucket
    {
        public ulong Key;
        public long FullAtNs;
    }
}
