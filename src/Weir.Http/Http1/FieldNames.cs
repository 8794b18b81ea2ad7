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
    private static readonly byte[] _leftNames = FillNames(isLeft: true);
    private static readonly byte[] _rightNames = FillNames(isLeft: false);

    // 32 octets set, 32 clear, 32 set: loaded at 32 - n, the first n are set; at 32 + n, the last n.
    private static readonly byte[] _masks =
        [.. Enumerable.Repeat((byte)0xFF, Width), .. Enumerable.Repeat((byte)0, Width), .. Enumerable.Repeat((byte)0xFF, Width)];

    /// <summary>Finds the value of a name.</summary>
    /// <param name="input">The received octets.</param>
    /// <param name="start">Where the name begins; an octet follows it.</param>
    /// <param name="length">Its length, 1 to 31; all its octets are token octets.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KnownField Find(ReadOnlySpan<byte> input, int start, int length)
    {
        Debug.Assert(FieldSyntax.IsToken(input.Slice(start, length)), "Only tokens may be compared this way.");

        // A name of one octet is looked up with the octet behind it, its colon, and finds nothing. The slot has SlotBits bits and its
        // field is below KnownField.Count, so neither table is left.
        ref byte name = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), start);
        uint lastTwo = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref name, length > 1 ? length - 2 : 0));
        uint key = Key(name, lastTwo, length);
        uint field = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_fieldOfSlot), (key * _multiplier) >> SlotShift);
        if (field == 0)
        {
            return KnownField.Other;
        }

        // The 32 octets from the name's start, else those up to its end: one of them lies in the input unless that is tiny.
        bool isLeft = input.Length - start >= Width;
        if (!isLeft && start + length < Width)
        {
            return KnownFields.Find(input.Slice(start, length));
        }

        nuint maskAt = (nuint)(isLeft ? Width - length : length);
        nint nameAt = isLeft ? 0 : length - Width;
        byte[] names = isLeft ? _leftNames : _rightNames;
        Vector256<byte> mask = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_masks), maskAt + (isLeft ? 0u : Width));
        Vector256<byte> octets = Vector256.LoadUnsafe(ref Unsafe.Add(ref name, nameAt));
        Vector256<byte> known = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(names), field * Width);
        return ((octets | Vector256.Create(CaseBit)) & mask) == known ? (KnownField)field : KnownField.Other;
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

    private static byte[] FillNames(bool isLeft)
    {
        byte[] names = new byte[(int)KnownField.Count * Width];
        for (KnownField field = KnownField.Host; field < KnownField.Count; field++)
        {
            ReadOnlySpan<byte> name = KnownFields.Bytes(field);
            for (int i = 0; i < name.Length; i++)
            {
                names[((int)field * Width) + (isLeft ? 0 : Width - name.Length) + i] = (byte)(name[i] | CaseBit);
            }
        }

        return names;
    }
}
