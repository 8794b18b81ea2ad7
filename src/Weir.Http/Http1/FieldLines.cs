// Hot: runs for every head. See bench/Weir.Bench.Http.
using System.Diagnostics;
using System.Runtime.CompilerServices;
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

    /// <summary>Reads lines from <paramref name="position"/> on.</summary>
    /// <param name="input">The received octets.</param>
    /// <param name="position">In: where a line begins. Out: after the closing empty line when complete, else where the unfinished line begins.</param>
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
            ParseStatus status = ReadLine(input, position, out FieldLine line, out reason);
            if (status != ParseStatus.Complete)
            {
                return status;
            }

            position = line.Next;
            if (line.IsEmpty)
            {
                return ParseStatus.Complete;
            }

            if (++count > fieldLimit)
            {
                reason = RejectReason.TooManyFields;
                return ParseStatus.Rejected;
            }

            int nameLength = line.NameEnd - line.NameStart;
            KnownField field = FieldNames.Find(input, line.NameStart, nameLength);
            if (field != KnownField.Other || !ImitatesKnownName(line.Name(input)))
            {
                fields.AddLoaded(field, line.NameStart - origin, nameLength, line.ValueStart - origin, line.ValueEnd - line.ValueStart);
            }
        }
    }

    /// <summary>Reads one line, which may be the empty one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
    public static bool ImitatesKnownName(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestKnownName || !name.Contains((byte)'_'))
        {
            return false;
        }

        Span<byte> folded = stackalloc byte[LongestKnownName];
        name.Replace(folded, (byte)'_', (byte)'-');
        return KnownFields.Find(folded[..name.Length]) != KnownField.Other;
    }

    // RFC 9110 section 5.5: white space around a value is no part of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
