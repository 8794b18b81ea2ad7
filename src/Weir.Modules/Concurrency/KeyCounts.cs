// Hot: entered and left once for each exchange where there is a limit of each key.
using System.Numerics;

namespace Weir.Modules.Concurrency;

/// <summary>
/// Exchanges in flight by key, in fixed memory, shared by all loops. An entry is one number, changed by compare and swap: 47 bits of the
/// key, one that says whether it is being put down, one that says whether requests of the key wait, and 15 of the count; where nobody is in
/// flight or waits, it is 0 and free. Keys lie in sets of eight, one cache line, two places for each key that was asked for. A key whose set
/// is full of others is not counted. That takes more live keys than the table was made for; who has so many addresses needs no second
/// exchange of any.
/// </summary>
/// <remarks>
/// A key stands in one place. Who puts it down says so first, and then looks for others that do the same: of two, one at least sees the
/// other. The one at the first place goes on when the others have withdrawn. An entry that is being put down is changed by nobody else.
/// </remarks>
internal sealed class KeyCounts
{
    public const int Most = 0x7FFF;

    private const int SetSize = 8;

    // Others may change an entry while it is looked at, but not as often as that: a loop must not hang where something was left twice.
    private const int MostLooks = SetSize * 10_000;
    private const ulong CountBits = 0x7FFF;
    private const ulong WaitingBit = 0x8000;
    private const ulong PendingBit = 0x1_0000;
    private const ulong UseBits = 0x1_FFFF;

    private readonly ulong[] _entries;
    private readonly int _setMask;

    /// <summary>Counts for at least that many keys.</summary>
    public KeyCounts(int entries)
    {
        int sets = (int)BitOperations.RoundUpToPowerOf2((uint)(((2L * entries) + SetSize - 1) / SetSize));
        _entries = new ulong[sets * SetSize];
        _setMask = sets - 1;
    }

    /// <summary>Everything in flight that is counted, about.</summary>
    public long Sum()
    {
        long sum = 0;
        foreach (ulong entry in _entries)
        {
            sum += (long)(entry & CountBits);
        }

        return sum;
    }

    /// <summary>Exchanges of a key in flight.</summary>
    public int Of(ulong key)
    {
        int place = Find(key, out ulong seen);
        return place < 0 ? 0 : (int)(seen & CountBits);
    }

    /// <summary>Counts one more exchange of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="most">The most there may be.</param>
    /// <param name="hasWaited">Whether it is the turn of one that waited: else those that wait come first.</param>
    public Entry TryEnter(ulong key, int most, bool hasWaited = false)
    {
        SpinWait wait = default;
        while (true)
        {
            int place = Find(key, out ulong seen);
            if (place >= 0 && (seen & PendingBit) != 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            if (place >= 0)
            {
                if ((int)(seen & CountBits) >= most || (!hasWaited && (seen & WaitingBit) != 0))
                {
                    return Entry.Full;
                }

                if (TrySwap(place, seen, seen + 1))
                {
                    return Entry.Counted;
                }

                continue;
            }

            int free = FindFree(key);
            if (free < 0)
            {
                return Entry.Uncounted;
            }

            if (TrySwap(free, 0, TagOf(key) | PendingBit))
            {
                bool isAlone = IsAlone(key, free);
                Volatile.Write(ref _entries[free], isAlone ? TagOf(key) | 1 : 0);
                if (isAlone)
                {
                    return Entry.Counted;
                }
            }
        }
    }

    /// <summary>Counts one less; whether requests of the key wait.</summary>
    public bool Leave(ulong key)
    {
        int first = SetOf(key);
        ulong tag = TagOf(key);
        for (int i = 0; i < MostLooks; i++)
        {
            int place = first + (i % SetSize);
            ulong seen = Volatile.Read(ref _entries[place]);
            if ((seen & ~UseBits) == tag && (seen & CountBits) != 0 && TrySwap(place, seen, Freed(seen - 1)))
            {
                return (seen & WaitingBit) != 0;
            }
        }

        return false;
    }

    /// <summary>Makes others of a key queue up behind those that wait, if it has as many in flight as it may; else false.</summary>
    public bool TryMarkWaiting(ulong key, int most)
    {
        while (true)
        {
            int place = Find(key, out ulong seen);
            if (place < 0 || (seen & PendingBit) != 0 || (int)(seen & CountBits) < most)
            {
                return false;
            }

            if (TrySwap(place, seen, seen | WaitingBit))
            {
                return true;
            }
        }
    }

    /// <summary>Nobody of a key waits any more.</summary>
    public void UnmarkWaiting(ulong key)
    {
        int first = SetOf(key);
        for (int i = first; i < first + SetSize; i++)
        {
            ulong seen = Volatile.Read(ref _entries[i]);
            while ((seen & ~UseBits) == TagOf(key) && (seen & WaitingBit) != 0 && !TrySwap(i, seen, Freed(seen & ~WaitingBit)))
            {
                seen = Volatile.Read(ref _entries[i]);
            }
        }
    }

    private static ulong Freed(ulong entry) => (entry & UseBits) == 0 ? 0 : entry;

    // A tag of 0 would make a free entry of one that is in use.
    private static ulong TagOf(ulong key) => (key & ~UseBits) is var tag && tag == 0 ? UseBits + 1 : tag;

    private int SetOf(ulong key) => ((int)(key ^ (key >> 29)) & _setMask) * SetSize;

    private bool TrySwap(int place, ulong seen, ulong next) => Interlocked.CompareExchange(ref _entries[place], next, seen) == seen;

    private int Find(ulong key, out ulong seen)
    {
        int first = SetOf(key);
        ulong tag = TagOf(key);
        for (int i = first; i < first + SetSize; i++)
        {
            seen = Volatile.Read(ref _entries[i]);
            if ((seen & ~UseBits) == tag && (seen & UseBits) != 0)
            {
                return i;
            }
        }

        seen = 0;
        return -1;
    }

    private int FindFree(ulong key)
    {
        int first = SetOf(key);
        return Array.IndexOf(_entries, 0UL, first, SetSize);
    }

    private bool IsAlone(ulong key, int place)
    {
        int first = SetOf(key);
        SpinWait wait = default;
        for (int i = first; i < first + SetSize;)
        {
            ulong seen = Volatile.Read(ref _entries[i]);
            if (i == place || seen == 0 || (seen & ~UseBits) != TagOf(key))
            {
                i++;
            }
            else if (i < place || (seen & PendingBit) == 0)
            {
                return false;
            }
            else
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        return true;
    }
}
