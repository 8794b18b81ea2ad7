using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>Reads the trailer section of a chunked body (RFC 9112 section 7.1.2), all at once.</summary>
internal static class TrailerSection
{
    /// <summary>Reads a section that ends with an empty line.</summary>
    /// <param name="input">Octets behind the last chunk's line.</param>
    /// <param name="trailers">Where the fields go; null drops them.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="length">Octets of the section, 0 unless it is complete.</param>
    /// <param name="reason">Why it is rejected.</param>
    public static ChunkStatus Read(
        ReadOnlySpan<byte> input, HeaderFields? trailers, in ChunkLimits limits, out int length, out RejectReason reason)
    {
        length = 0;
        ReadOnlySpan<byte> window = input.Length > limits.TrailerOctets ? input[..limits.TrailerOctets] : input;

        // The first walk only judges: fields enter the caller's list when the section is sound as a whole.
        ParseStatus status = Walk(window, null, limits.TrailerCount, out int end, out reason);
        if (status == ParseStatus.Rejected)
        {
            return ChunkStatus.Rejected;
        }

        if (status == ParseStatus.NeedMore)
        {
            bool isTooLarge = window.Length >= limits.TrailerOctets;
            reason = isTooLarge ? RejectReason.TrailerTooLarge : RejectReason.None;
            return isTooLarge ? ChunkStatus.Rejected : ChunkStatus.NeedMore;
        }

        if (trailers is not null)
        {
            Walk(window, trailers, limits.TrailerCount, out _, out _);
        }

        length = end;
        return ChunkStatus.End;
    }

    private static ParseStatus Walk(ReadOnlySpan<byte> input, HeaderFields? trailers, int limit, out int end, out RejectReason reason)
    {
        end = 0;
        int count = 0;
        while (true)
        {
            ParseStatus status = FieldLines.ReadLine(input, end, out FieldLine line, out reason);
            if (status != ParseStatus.Complete)
            {
                return status;
            }

            end = line.Next;
            if (line.IsEmpty)
            {
                return ParseStatus.Complete;
            }

            if (++count > limit)
            {
                reason = RejectReason.TooManyTrailerFields;
                return ParseStatus.Rejected;
            }

            ReadOnlySpan<byte> name = line.Name(input);
            if (trailers is not null && !FieldLines.ImitatesKnownName(name) && !Trailers.IsForbidden(KnownFields.Find(name), name))
            {
                trailers.Add(name, line.Value(input));
            }
        }
    }
}
