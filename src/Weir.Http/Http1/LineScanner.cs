// Hot: runs over every octet of every head. See bench/Weir.Bench.Http.
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>Finds the ends of names and lines in received octets, 16 or 32 at a time.</summary>
/// <remarks>
/// Reads never leave the input: a vector is loaded only where all of it lies inside, and near the end the last whole vector is
/// loaded again and what lies before the start is shifted out.
/// </remarks>
internal static class LineScanner
{
    /// <summary><see cref="EndOfLine"/>: the line has not ended yet.</summary>
    public const int NotYet = -1;

    /// <summary><see cref="EndOfLine"/>: the line holds a control octet, or an end of line that is not CRLF.</summary>
    public const int Broken = -2;

    private static readonly Vector128<byte> _tokenByLow = ClassByLow(FieldSyntax.TokenOctets.Contains);
    private static readonly Vector256<byte> _wideTokenByLow = Vector256.Create(_tokenByLow, _tokenByLow);
    private static readonly Vector128<byte> _bitByHigh = Vector128.Create((byte)0, 0, 1, 2, 4, 8, 16, 32, 0, 0, 0, 0, 0, 0, 0, 0);
    private static readonly Vector256<byte> _wideBitByHigh = Vector256.Create(_bitByHigh, _bitByHigh);

    /// <summary>
    /// The index of the CR of the CRLF that ends the line in which <paramref name="from"/> lies. When <see cref="Broken"/>,
    /// <paramref name="faultAt"/> is the offending octet.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfLine(ReadOnlySpan<byte> input, int from, out int faultAt)
    {
        int at = FindControl(input, from);
        faultAt = at;
        if (at + 1 < input.Length && input[at] == (byte)'\r' && input[at + 1] == (byte)'\n')
        {
            return at;
        }

        bool isUnfinished = at == input.Length || (input[at] == (byte)'\r' && at + 1 == input.Length);
        return isUnfinished ? NotYet : Broken;
    }

    /// <summary>The index of the first octet at or after <paramref name="from"/> that no token may hold, or the input's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfToken(ReadOnlySpan<byte> input, int from)
    {
        Debug.Assert(from <= input.Length, "The scan begins inside the input.");
        if (!Vector128.IsHardwareAccelerated || input.Length - from < Vector128<byte>.Count)
        {
            return EndOfTokenAtEnd(input, from);
        }

        uint others = NotToken(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(input), (nuint)from));
        return others != 0 ? from + BitOperations.TrailingZeroCount(others) : EndOfLongToken(input, from + Vector128<byte>.Count);
    }

    /// <summary>
    /// A class of ASCII octets for <see cref="NotInClass"/>: bit n of entry l says whether the octet with high half n + 2 and low
    /// half l belongs to it. No control octet can.
    /// </summary>
    public static Vector128<byte> ClassByLow(Func<byte, bool> isMember)
    {
        byte[] table = new byte[16];
        for (int octet = 0x20; octet < 0x80; octet++)
        {
            if (isMember((byte)octet))
            {
                table[octet & 15] |= (byte)(1 << ((octet >> 4) - 2));
            }
        }

        return Vector128.Create(table);
    }

    /// <summary>One bit for each of 16 octets, set where it does not belong to the class.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NotInClass(Vector128<byte> octets, Vector128<byte> classByLow)
    {
        Vector128<byte> low = Vector128.ShuffleNative(classByLow, octets & Vector128.Create((byte)0x0F));
        Vector128<byte> high = Vector128.ShuffleNative(_bitByHigh, octets >>> 4);
        return Vector128.Equals(low & high, Vector128<byte>.Zero).ExtractMostSignificantBits();
    }

    /// <summary>What is wrong with an octet that <see cref="EndOfLine"/> stopped at.</summary>
    public static RejectReason FaultOf(byte octet) => octet switch
    {
        (byte)'\n' => RejectReason.BareLineFeed,
        (byte)'\r' => RejectReason.BareCarriageReturn,
        _ => RejectReason.ControlOctet,
    };

    /// <summary>The first control octet but HTAB at or after <paramref name="from"/>, or the input's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindControl(ReadOnlySpan<byte> input, int from)
    {
        Debug.Assert(from <= input.Length, "The scan begins inside the input.");
        ref byte start = ref MemoryMarshal.GetReference(input);
        if (!Vector256.IsHardwareAccelerated || input.Length < Vector256<byte>.Count)
        {
            return FindControlSlowly(input, from);
        }

        int lastWhole = input.Length - Vector256<byte>.Count;
        while (from <= lastWhole)
        {
            uint controls = Controls(Vector256.LoadUnsafe(ref start, (nuint)from));
            if (controls != 0)
            {
                return from + BitOperations.TrailingZeroCount(controls);
            }

            from += Vector256<byte>.Count;
        }

        // At most 32 octets remain; a shift by 32 would be none, so "nothing remains" is asked first.
        if (from == input.Length)
        {
            return from;
        }

        uint rest = Controls(Vector256.LoadUnsafe(ref start, (nuint)lastWhole)) >> (from - lastWhole);
        return rest != 0 ? from + BitOperations.TrailingZeroCount(rest) : input.Length;
    }

    /// <summary>One bit for each of 32 octets, set where a control octet but HTAB stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Controls(Vector256<byte> octets)
    {
        Vector256<byte> low = Vector256.Equals(Vector256.Min(octets, Vector256.Create((byte)0x1F)), octets);
        Vector256<byte> tab = Vector256.Equals(octets, Vector256.Create((byte)'\t'));
        Vector256<byte> delete = Vector256.Equals(octets, Vector256.Create((byte)0x7F));
        return (Vector256.AndNot(low, tab) | delete).ExtractMostSignificantBits();
    }

    /// <summary>One bit for each of 32 octets, set where no token octet stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NotToken(Vector256<byte> octets)
    {
        // A shuffle looks up within each half, so both halves hold the table.
        Vector256<byte> low = Vector256.ShuffleNative(_wideTokenByLow, octets & Vector256.Create((byte)0x0F));
        Vector256<byte> high = Vector256.ShuffleNative(_wideBitByHigh, octets >>> 4);
        return Vector256.Equals(low & high, Vector256<byte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint NotToken(Vector128<byte> octets) => NotInClass(octets, _tokenByLow);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EndOfLongToken(ReadOnlySpan<byte> input, int from)
    {
        while (input.Length - from >= Vector128<byte>.Count)
        {
            uint others = NotToken(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(input), (nuint)from));
            if (others != 0)
            {
                return from + BitOperations.TrailingZeroCount(others);
            }

            from += Vector128<byte>.Count;
        }

        return EndOfTokenAtEnd(input, from);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EndOfTokenAtEnd(ReadOnlySpan<byte> input, int from)
    {
        int lastWhole = input.Length - Vector128<byte>.Count;
        if (!Vector128.IsHardwareAccelerated || lastWhole < 0)
        {
            int found = input[from..].IndexOfAnyExcept(FieldSyntax.TokenOctets);
            return found < 0 ? input.Length : from + found;
        }

        uint others = NotToken(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(input), (nuint)lastWhole)) >> (from - lastWhole);
        return others != 0 ? from + BitOperations.TrailingZeroCount(others) : input.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FindControlSlowly(ReadOnlySpan<byte> input, int from)
    {
        int found = input[from..].IndexOfAny(FieldSyntax.ForbiddenInValues);
        return found < 0 ? input.Length : from + found;
    }
}
