// Hot: every site and route lookup. See bench/Weir.Bench.Routing.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weir.Pipeline.Routing;

/// <summary>How a table's keys are hashed: the lookup must do the same, perhaps step by step.</summary>
internal delegate ulong OctetKeyHash(ulong seed, ReadOnlySpan<byte> key);

/// <summary>
/// An immutable map from octets to a number: open addressing, at most half full. The longest chain of probes is found when the
/// table is built and kept short by trying seeds, so no client can make a lookup slow.
/// </summary>
internal sealed class OctetTable
{
    // With this many slots to look at, all lie in three cache lines.
    private const int GoodChain = 8;
    private const int SeedsPerSize = 8;
    private const int MaxGrowth = 4;
    private const int Empty = -1;

    private readonly Slot[] _slots;
    private readonly byte[] _keys;

    /// <summary>Builds the table.</summary>
    /// <param name="keys">Distinct keys; a key's value is its index.</param>
    /// <param name="hash">The hash that lookups use.</param>
    /// <param name="ignoresCase">Whether lookups ignore ASCII case; then the keys are in lower case.</param>
    public OctetTable(IReadOnlyList<byte[]> keys, OctetKeyHash hash, bool ignoresCase = false)
    {
        IgnoresCase = ignoresCase;
        Count = keys.Count;
        int[] offsets = new int[keys.Count];
        _keys = Concatenate(keys, offsets);

        int smallest = 4;
        while (smallest < keys.Count * 2)
        {
            smallest *= 2;
        }

        (_slots, Seed, LongestChain) = Place(keys, offsets, hash, smallest);
    }

    /// <summary>Keys.</summary>
    public int Count { get; }

    /// <summary>What the hash of a lookup starts from.</summary>
    public ulong Seed { get; }

    /// <summary>Slots that the slowest lookup looks at, the empty one included.</summary>
    public int LongestChain { get; }

    /// <summary>Whether ASCII case is ignored.</summary>
    public bool IgnoresCase { get; }

    /// <summary>The key's index, or -1.</summary>
    public int Find(ulong hash, ReadOnlySpan<byte> key)
    {
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        uint check = (uint)(hash >> 32);
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            ref readonly Slot slot = ref slots[i];
            if (slot.Value < 0)
            {
                return -1;
            }

            if (slot.Check == check && slot.KeyLength == key.Length && HasKey(in slot, key))
            {
                return slot.Value;
            }
        }
    }

    private bool HasKey(in Slot slot, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> stored = _keys.AsSpan(slot.KeyOffset, slot.KeyLength);
        return IgnoresCase ? OctetCase.EqualsLower(key, stored) : key.SequenceEqual(stored);
    }

    private static byte[] Concatenate(IReadOnlyList<byte[]> keys, int[] offsets)
    {
        List<byte> all = [];
        for (int i = 0; i < keys.Count; i++)
        {
            offsets[i] = all.Count;
            all.AddRange(keys[i]);
        }

        return [.. all];
    }

    private static (Slot[] Slots, ulong Seed, int LongestChain) Place(
        IReadOnlyList<byte[]> keys, int[] offsets, OctetKeyHash hash, int smallest)
    {
        (Slot[] Slots, ulong Seed, int LongestChain) best = ([], 0, int.MaxValue);
        for (int size = smallest; size <= smallest * MaxGrowth; size *= 2)
        {
            for (int attempt = 0; attempt < SeedsPerSize; attempt++)
            {
                ulong seed = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong)));
                Slot[] slots = Fill(keys, offsets, hash, seed, size);
                int chain = MeasureLongestChain(slots);
                if (chain < best.LongestChain)
                {
                    best = (slots, seed, chain);
                }

                if (chain <= GoodChain)
                {
                    return best;
                }
            }
        }

        return best;
    }

    private static Slot[] Fill(IReadOnlyList<byte[]> keys, int[] offsets, OctetKeyHash hash, ulong seed, int size)
    {
        Slot[] slots = new Slot[size];
        Array.Fill(slots, new Slot(0, 0, 0, Empty));
        for (int value = 0; value < keys.Count; value++)
        {
            ulong keyHash = hash(seed, keys[value]);
            int i = (int)keyHash & (size - 1);
            while (slots[i].Value >= 0)
            {
                i = (i + 1) & (size - 1);
            }

            slots[i] = new Slot((uint)(keyHash >> 32), offsets[value], keys[value].Length, value);
        }

        return slots;
    }

    private static int MeasureLongestChain(Slot[] slots)
    {
        // Twice around: a chain may go on from the last slot to the first.
        int longest = 0;
        int chain = 0;
        for (int i = 0; i < slots.Length * 2; i++)
        {
            chain = slots[i & (slots.Length - 1)].Value < 0 ? 0 : chain + 1;
            longest = Math.Max(longest, chain);
        }

        return longest + 1;
    }

    private readonly record struct Slot(uint Check, int KeyOffset, int KeyLength, int Value);
}
