// Hot: runs for every head. See bench/Weir.Bench.Http.
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>
/// Reads field lines up to the empty line that ends them (RFC 9112 section 5), for heads of both roles and for trailers. The
/// fields are recorded by offset; the caller loads the block afterwards.
/// </summary>
internal static class FieldLines
{
    // No known name is longer, so a longer one cannot become a known one when "_" is read as "-".
    private const int LongestKnownName = 32;

    private static readonly ushort _lineEnd = MemoryMarshal.Read<ushort>("\r\n"u8);

    /// <summary>Reads lines from <paramref name="position"/> on.</summary>
    /// <param name="input">The received octets.</param>
    /// <param name="position">
    /// In: where a line begins. Out: after the closing empty line when complete, else where the unfinished line begins.
    /// </param>
    /// <param name="origin">The octet of the input that will be the arena's first.</param>
    /// <param name="fields">Where the fields are recorded.</param>
    /// <param name="fieldLimit">The largest number of lines.</param>
    /// <param name="reason">Why it is rejected.</param>
    public static ParseStatus Read(
        ReadOnlySpan<byte> input, ref int position, int origin, HeaderFields fields, int fieldLimit, out RejectReason reason)
    {
        int count = 0;
        while (true)
        {
            if (position + 1 < input.Length && Unsafe.ReadUnaligned<ushort>(in input[position]) == _lineEnd)
            {
                position += 2;
                reason = RejectReason.None;
                return ParseStatus.Complete;
            }

            if (!TryReadPlainLine(input, position, out FieldLine line, out KnownField field, out bool mayImitate))
            {
                ParseStatus status = ReadLine(input, position, out line, out reason);
                if (status != ParseStatus.Complete)
                {
                    return status;
                }

                Debug.Assert(!line.IsEmpty, "The empty line was asked for first.");
                field = KnownFields.Find(line.Name(input));
            }

            position = line.Next;
            if (++count > fieldLimit)
            {
                reason = RejectReason.TooManyFields;
                return ParseStatus.Rejected;
            }

            if (mayImitate && field == KnownField.Other && ImitatesKnownName(line.Name(input)))
            {
                continue;
            }

            fields.AddLoaded(
                field, line.NameStart - origin, line.NameEnd - line.NameStart, line.ValueStart - origin, line.ValueEnd - line.ValueStart);
        }
    }

    /// <summary>
    /// Reads a line as nearly all are: complete, with a name of less than 32 octets and nothing odd. Whatever is not like that is left
    /// to <see cref="ReadLine"/>, which judges it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadPlainLine(
        ReadOnlySpan<byte> input, int start, out FieldLine line, out KnownField field, out bool mayImitate)
    {
        Unsafe.SkipInit(out line);
        field = KnownField.Other;
        mayImitate = true;
        int length = input.Length;
        if (!Vector256.IsHardwareAccelerated || length < Vector256<byte>.Count || start >= length)
        {
            return false;
        }

        // All reads are below input.Length. A vector that would not be is loaded further left, and what it holds before the line is
        // shifted out; lineEnd + 1 is compared first, a name that is not ended by ":" before that is refused, and valueStart is at
        // most lineEnd.
        ref byte origin = ref MemoryMarshal.GetReference(input);
        int loadAt = Math.Min(start, length - Vector256<byte>.Count);
        Vector256<byte> octets = Vector256.LoadUnsafe(ref origin, (nuint)loadAt);
        int nameLength = BitOperations.TrailingZeroCount(LineScanner.NotToken(octets) >> (start - loadAt));
        if (nameLength is 0 or 32)
        {
            return false;
        }

        uint controls = LineScanner.Controls(octets) >> (start - loadAt);
        int lineEnd = controls != 0
            ? start + BitOperations.TrailingZeroCount(controls)
            : LineScanner.FindControl(input, loadAt + Vector256<byte>.Count);
        if (lineEnd + 1 >= length
            || Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref origin, lineEnd)) != _lineEnd
            || Unsafe.Add(ref origin, start + nameLength) != (byte)':')
        {
            return false;
        }

        int valueStart = start + nameLength + 1;
        valueStart += Unsafe.Add(ref origin, valueStart) == (byte)' ' ? 1 : 0;
        line.NameStart = start;
        line.NameEnd = start + nameLength;
        line.Next = lineEnd + 2;
        line.ValueStart = valueStart;
        line.ValueEnd = lineEnd;
        if (valueStart < lineEnd && (IsWhiteSpace(Unsafe.Add(ref origin, valueStart)) || IsWhiteSpace(Unsafe.Add(ref origin, lineEnd - 1))))
        {
            Trim(input, ref line.ValueStart, ref line.ValueEnd);
        }

        field = FieldNames.Find(input, start, nameLength);
        mayImitate = field == KnownField.Other && Vector256.EqualsAny(octets, Vector256.Create((byte)'_'));
        return true;
    }

    /// <summary>Reads one line, which may be the empty one.</summary>
    public static ParseStatus ReadLine(ReadOnlySpan<byte> input, int start, out FieldLine line, out RejectReason reason)
    {
        Unsafe.SkipInit(out line);
        int nameEnd = LineScanner.EndOfToken(input, start);
        int lineEnd = LineScanner.EndOfLine(input, nameEnd, out int faultAt);
        if (lineEnd < 0)
        {
            bool isBroken = lineEnd == LineScanner.Broken;
            reason = isBroken ? LineScanner.FaultOf(input[faultAt]) : RejectReason.None;
            return isBroken ? ParseStatus.Rejected : ParseStatus.NeedMore;
        }

        line.NameStart = start;
        line.NameEnd = nameEnd;
        line.Next = lineEnd + 2;
        if (input[nameEnd] != (byte)':' || nameEnd == start)
        {
            reason = lineEnd == start ? RejectReason.None : FaultOfName(input[start..lineEnd], nameEnd - start);
            return lineEnd == start ? ParseStatus.Complete : ParseStatus.Rejected;
        }

        line.ValueStart = nameEnd + 1;
        line.ValueEnd = lineEnd;
        Trim(input, ref line.ValueStart, ref line.ValueEnd);
        reason = RejectReason.None;
        return ParseStatus.Complete;
    }

    /// <summary>
    /// Whether a name becomes a known one when "_" is read as "-", as CGI and its heirs do: such a field could pose as one that
    /// Weir vouches for.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool ImitatesKnownName(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestKnownName || !name.Contains((byte)'_'))
        {
            return false;
        }

        return KnownFields.Find(FieldSyntax.WithHyphens(name, stackalloc byte[LongestKnownName])) != KnownField.Other;
    }

    // RFC 9110 section 5.5: white space around a value is no part of it.
    private static void Trim(ReadOnlySpan<byte> input, ref int start, ref int end)
    {
        Debug.Assert(start <= end, "A value ends after its colon.");
        while (start < end && IsWhiteSpace(input[start]))
        {
            start++;
        }

        while (end > start && IsWhiteSpace(input[end - 1]))
        {
            end--;
        }
    }

    private static bool IsWhiteSpace(byte octet) => octet is (byte)' ' or (byte)'\t';

    private static RejectReason FaultOfName(ReadOnlySpan<byte> line, int nameLength)
    {
        // RFC 9112 section 5.2: a folded line, or white space before the first field (section 2.2).
        if (IsWhiteSpace(line[0]))
        {
            return RejectReason.LineFolding;
        }

        if (line[0] == (byte)':')
        {
            return RejectReason.EmptyFieldName;
        }

        int colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return RejectReason.MissingColon;
        }

        // RFC 9112 section 5.1: no white space between name and colon; readers disagree about whose field it would be.
        bool isOnlySpace = line[nameLength..colon].Trim(" \t"u8).IsEmpty;
        return isOnlySpace ? RejectReason.SpaceBeforeColon : RejectReason.BadFieldName;
    }
}
