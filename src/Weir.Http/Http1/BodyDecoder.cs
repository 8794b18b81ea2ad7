// Hot: all content passes here.
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>
/// Takes the framing off a message's content, whichever of the three it is (RFC 9112 section 6.3). A value that one message's reader
/// holds; it can stop and go on at any octet.
/// </summary>
public struct BodyDecoder
{
    private ChunkedDecoder _chunks;
    private BodyLength _length;
    private long _left;

    /// <summary>Whether the content is complete.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Begins a message's content.</summary>
    public void Begin(BodyLength length)
    {
        _length = length;
        _left = Math.Max(length.Octets, 0);
        IsComplete = length.IsNone;
        if (!length.IsKnown && !length.IsUntilClose)
        {
            _chunks.Reset();
        }
    }

    /// <summary>The connection has ended: for content that ends with it, that is the end.</summary>
    public void EndByClose() => IsComplete = _length.IsUntilClose;

    /// <summary>
    /// Takes as much content as there is. Chunks are moved together, so that the content is one slice of the input; the rest of what was
    /// consumed is then meaningless.
    /// </summary>
    /// <param name="input">What was received and not consumed yet.</param>
    /// <param name="trailers">Where trailer fields go; null drops them.</param>
    /// <param name="offset">Where the content is in the input.</param>
    /// <param name="length">How many octets of content there are; 0 when the input held only framing.</param>
    /// <param name="consumed">How many octets are used up, content included.</param>
    /// <param name="reason">Why it is rejected.</param>
    public BodyStatus DecodeInPlace(
        Span<byte> input, HeaderFields? trailers, out int offset, out int length, out int consumed, out RejectReason reason)
    {
        offset = 0;
        length = 0;
        consumed = 0;
        reason = RejectReason.None;
        if (IsComplete)
        {
            return BodyStatus.End;
        }

        if (!_length.IsKnown && !_length.IsUntilClose)
        {
            return DecodeChunks(input, trailers, out offset, out length, out consumed, out reason);
        }

        length = _length.IsKnown ? (int)Math.Min(_left, input.Length) : input.Length;
        consumed = length;
        _left -= length;
        IsComplete = _length.IsKnown && _left == 0;
        return IsComplete ? BodyStatus.End : BodyStatus.More;
    }

    private BodyStatus DecodeChunks(
        Span<byte> input, HeaderFields? trailers, out int offset, out int length, out int consumed, out RejectReason reason)
    {
        offset = 0;
        length = 0;
        consumed = 0;
        while (true)
        {
            ChunkStatus status = _chunks.Decode(
                input[consumed..], trailers, out int dataOffset, out int dataLength, out int used, out reason);
            if (dataLength > 0)
            {
                Join(input, consumed + dataOffset, dataLength, ref offset, ref length);
            }

            consumed += used;
            if (status == ChunkStatus.Rejected)
            {
                return BodyStatus.Rejected;
            }

            if (status == ChunkStatus.End)
            {
                IsComplete = true;
                return BodyStatus.End;
            }

            if (used == 0 || consumed == input.Length)
            {
                return BodyStatus.More;
            }
        }
    }

    private static void Join(Span<byte> input, int from, int count, ref int offset, ref int length)
    {
        if (length == 0)
        {
            offset = from;
        }
        else if (from != offset + length)
        {
            input.Slice(from, count).CopyTo(input[(offset + length)..]);
        }

        length += count;
    }
}
