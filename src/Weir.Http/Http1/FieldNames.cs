// Hot: one look-up for each received field line. See bench/Weir.Bench.Http.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>
/// The look-up of <see cref="KnownFields.Find"/> for names that are known to be tokens and lie in a larger buffer: one multiplication
/// and one comparison of 32 octets, without a loop.
/// </summary>
internal static class FieldNames
{
    // Known names hold letters, digits and "-" only. Among token octets, setting bit 0x20 maps nothing else onto those.
    private const byte CaseBit = 0x20;
    private const int Width = 32;
    private const int SlotBits = 10;
    private const int SlotShift = 32 - SlotBits;

    private static readonly uint _multiplier = FindMultiplier();
    private static readonly byte[] _fieldOfSlot = FillSlots();
    private static readonly byte[] _lowerNames = FillNames();
    private static readonly byte[] _lengths = FillLengths();

    // 32 octets set, then 32 clear: loaded at 32 - n, the first n are set.
    private static readonly byte[] _prefixMasks = [.. Enumerable.Repeat((byte)0xFF, Width), .. Enumerable.Repeat((byte)0, Width)];

    /// <summary>Finds the value of a name.</summary>
    /// <param name="input">The received octets.</param>
    /// <param name="start">Where the name begins.</param>
    /// <param name="length">Its length, above 0; all its octets are token octets.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KnownField Find(ReadOnlySpan<byte> input, int start, int length)
    {
        Debug.Assert(FieldSyntax.IsToken(input.Slice(start, length)), "Only tokens may be compared this way.");
        if (!Vector256.IsHardwareAccelerated || length < 2 || input.Length - start < Width)
        {
            return KnownFields.Find(input.Slice(start, length));
        }

        ref byte name = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), start);
        uint lastTwo = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref name, length - 2));
        uint key = Key(name, lastTwo, length);

        // The slot has SlotBits bits and its field is below KnownField.Count, so neither table is left.
        uint field = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_fieldOfSlot), (key * _multiplier) >> SlotShift);
        if (Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_lengths), field) != length)
        {
            return KnownField.Other;
        }

        Vector256<byte> mask = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_prefixMasks), (nuint)(Width - length));
        Vector256<byte> lower = (Vector256.LoadUnsafe(ref name) | Vector256.Create(CaseBit)) & mask;
        Vector256<byte> known = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_lowerNames), (nuint)(field * Width));
        return lower == known ? (KnownField)field : KnownField.Other;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Key(byte first, uint lastTwo, int length) =>
        (lastTwo | (CaseBit << 8) | CaseBit) | ((uint)(first | CaseBit) << 16) | ((uint)length << 24);

    private static uint KeyOf(KnownField field)
    {
        ReadOnlySpan<byte> name = KnownFields.Bytes(field);
        return Key(name[0], (uint)(name[^2] | (name[^1] << 8)), name.Length);
    }

    // The names are few and the slots many: a multiplier without collisions is found after some dozens of tries.
    private static uint FindMultiplier()
    {
        uint multiplier = 0x9E3779B1;
        while (!IsPerfect(multiplier))
        {
            multiplier = (multiplier * 747796405) + 2891336453;
        }

        return multiplier;
    }

    private static bool IsPerfect(uint multiplier)
    {
        HashSet<uint> slots = [];
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            if (!slots.Add((KeyOf(field) * multiplier) >> SlotShift))
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] FillSlots()
    {
        byte[] slots = new byte[1 << SlotBits];
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            slots[(KeyOf(field) * _multiplier) >> SlotShift] = (byte)field;
        }

        return slots;
    }

    private static byte[] FillNames()
    {
        byte[] names = new byte[(int)KnownField.Count * Width];
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            ReadOnlySpan<byte> name = KnownFields.Bytes(field);
            for (int i = 0; i < name.Length; i++)
            {
                names[((int)field * Width) + i] = (byte)(name[i] | CaseBit);
            }
        }

        return names;
    }

    private static byte[] FillLengths()
    {
        byte[] lengths = new byte[(int)KnownField.Count];
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            lengths[(int)field] = (byte)KnownFields.Bytes(field).Length;
        }

        return lengths;
    }
}
