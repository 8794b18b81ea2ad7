using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

/// <summary>The outcome of decoding a chunked body, checked to be the same however the octets arrive.</summary>
internal sealed record DecodedBody(ChunkStatus Status, RejectReason Reason, string Content, int Consumed, string Trailers)
{
    public static DecodedBody From(string text, ChunkLimits? limits = null) =>
        From(Encoding.Latin1.GetBytes(text), limits ?? ChunkLimits.Default);

    public static DecodedBody From(byte[] input, ChunkLimits limits)
    {
        DecodedBody whole = Whole(input, limits);
        InPieces(input, limits, 1).ShouldBe(whole, "One octet at a time must be judged like the whole input.");
        InPieces(input, limits, 3).ShouldBe(whole, "Three octets at a time must be judged like the whole input.");
        for (int cut = 1; cut < input.Length; cut++)
        {
            InPieces(input, limits, cut, cut).ShouldBe(whole, $"A cut at {cut} must change nothing.");
        }

        return whole;
    }

    public static DecodedBody Whole(byte[] input, ChunkLimits limits) => InPieces(input, limits, Math.Max(1, input.Length));

    public static DecodedBody InPieces(byte[] input, ChunkLimits limits, int step, int onlyFirst = 0)
    {
        ChunkedDecoder decoder = default;
        decoder.Reset(limits);
        HeaderFields trailers = new();
        StringBuilder content = new();
        int start = 0;
        int end = Math.Min(step, input.Length);
        while (true)
        {
            ChunkStatus status = decoder.Decode(
                input.AsSpan(start, end - start), trailers, out int offset, out int length, out int consumed, out RejectReason reason);
            consumed.ShouldBeInRange(0, end - start);
            (length > 0).ShouldBe(status == ChunkStatus.Data);
            if (length > 0)
            {
                (offset + length).ShouldBeLessThanOrEqualTo(consumed);
                content.Append(Encoding.Latin1.GetString(input, start + offset, length));
            }

            start += consumed;
            if (status is ChunkStatus.End or ChunkStatus.Rejected)
            {
                return new DecodedBody(status, reason, content.ToString(), status == ChunkStatus.End ? start : 0, trailers.ToString());
            }

            if (status == ChunkStatus.NeedMore)
            {
                if (end == input.Length)
                {
                    return new DecodedBody(status, reason, content.ToString(), 0, trailers.ToString());
                }

                end = onlyFirst > 0 ? input.Length : Math.Min(end + step, input.Length);
            }
        }
    }
}
