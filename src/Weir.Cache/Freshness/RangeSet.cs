using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>Reads Range (RFC 9110 section 14.2) for a representation whose length is known.</summary>
public static class RangeSet
{
    /// <summary>Parts of one response; a request for more gets all of it (RFC 9110 section 14.2, against abuse).</summary>
    public const int MostParts = 16;

    // In place of a length that nobody told.
    private const long Unknown = 1L << 60;

    // Closer than this, two parts cost more apart than the octets between them (RFC 9110 section 15.3.7.2).
    private const long Gap = 80;

    /// <summary>Reads the parts: in the order they are asked for, those that overlap or nearly touch made one.</summary>
    /// <param name="request">The request's fields.</param>
    /// <param name="length">Octets of the representation.</param>
    /// <param name="parts">At least <see cref="MostParts"/> places.</param>
    /// <param name="count">The parts.</param>
    public static RangeOutcome Read(HeaderFields request, long length, Span<ByteRange> parts, out int count)
    {
        count = 0;
        int slot = request.Find(KnownField.Range);
        if (slot < 0 || request.Find(KnownField.Range, slot + 1) >= 0)
        {
            return RangeOutcome.Whole;
        }

        ReadOnlySpan<byte> value = request.ValueAt(slot);
        int equals = value.IndexOf((byte)'=');
        if (equals < 0 || !Ascii.EqualsIgnoreCase(value[..equals], "bytes"u8))
        {
            return RangeOutcome.Whole;
        }

        ReadOnlySpan<byte> rest = value[(equals + 1)..];
        int asked = 0;
        while (!rest.IsEmpty)
        {
            int comma = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> spec = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
            rest = comma < 0 ? default : rest[(comma + 1)..];
            if (spec.IsEmpty)
            {
                continue;
            }

            // RFC 9110 section 14.1.2: the last octets of nothing can be had, but no Content-Range can name them.
            if (++asked > MostParts || !TryRead(spec, length, out ByteRange part) || (length == 0 && spec[0] == (byte)'-' && !IsZero(spec)))
            {
                count = 0;
                return RangeOutcome.Whole;
            }

            if (part.Length > 0)
            {
                Add(part, parts, ref count);
            }
        }

        return count > 0 ? RangeOutcome.Parts : asked > 0 ? RangeOutcome.Unsatisfiable : RangeOutcome.Whole;
    }

    /// <summary>
    /// Reads the first range where the length is not known: where it begins, or how many last octets. False: there is none, there are too
    /// many, or the grammar is broken.
    /// </summary>
    /// <param name="request">The request's fields.</param>
    /// <param name="first">The first octet; -1: it is the last ones that are asked for.</param>
    /// <param name="suffix">How many of these.</param>
    public static bool TryReadFirst(HeaderFields request, out long first, out long suffix)
    {
        first = -1;
        suffix = 0;
        Span<ByteRange> parts = stackalloc ByteRange[MostParts];
        if (Read(request, Unknown, parts, out _) != RangeOutcome.Parts || !request.TryGet(KnownField.Range, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        value = value[(value.IndexOf((byte)'=') + 1)..].TrimStart(" \t,"u8);
        int comma = value.IndexOf((byte)',');
        value = (comma < 0 ? value : value[..comma]).TrimEnd(" \t"u8);
        int dash = value.IndexOf((byte)'-');
        if (dash == 0)
        {
            return TryReadNumber(value[1..], out suffix) && suffix > 0;
        }

        // Behind this no representation ends.
        return TryReadNumber(value[..dash], out first) && first < 1L << 53;
    }

    private static bool IsZero(ReadOnlySpan<byte> suffix) => suffix[1..].IndexOfAnyExcept((byte)'0') < 0;

    // False: the grammar is broken, and the whole field with it. A length of 0: beyond the end.
    private static bool TryRead(ReadOnlySpan<byte> spec, long length, out ByteRange part)
    {
        part = default;
        int dash = spec.IndexOf((byte)'-');
        if (dash < 0 || spec.Length == 1)
        {
            return false;
        }

        ReadOnlySpan<byte> first = spec[..dash];
        ReadOnlySpan<byte> last = spec[(dash + 1)..];
        if (first.IsEmpty)
        {
            bool isSuffix = TryReadNumber(last, out long suffix);
            long taken = Math.Min(suffix, length);
            part = new ByteRange(length - taken, taken);
            return isSuffix;
        }

        long end = long.MaxValue;
        if (!TryReadNumber(first, out long start) || (!last.IsEmpty && (!TryReadNumber(last, out end) || end < start)))
        {
            return false;
        }

        part = start >= length ? default : new ByteRange(start, Math.Min(end, length - 1) - start + 1);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        foreach (byte octet in text)
        {
            uint digit = (uint)octet - '0';
            if (digit > 9)
            {
                return false;
            }

            // Saturated: whatever lies so far behind the end of any representation is behind its end.
            value = value > (long.MaxValue - 9) / 10 ? long.MaxValue - 1 : (value * 10) + digit;
        }

        return !text.IsEmpty;
    }

    private static void Add(ByteRange part, Span<ByteRange> parts, ref int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (part.Start <= parts[i].End + Gap && parts[i].Start <= part.End + Gap)
            {
                long start = Math.Min(part.Start, parts[i].Start);
                ByteRange joined = new(start, Math.Max(part.End, parts[i].End) - start);
                parts[(i + 1)..count].CopyTo(parts[i..]);
                count--;
                Add(joined, parts, ref count);
                return;
            }
        }

        parts[count++] = part;
    }
}
