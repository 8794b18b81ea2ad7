// Hot: runs for every chunk that is sent.
using System.Diagnostics;
using System.Numerics;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>Writes the chunked transfer coding (RFC 9112 section 7.1). Content and the CRLF behind it are the caller's to write.</summary>
public static class ChunkWriter
{
    /// <summary>The most that <see cref="WriteChunkHeader"/> writes: eight digits and CRLF.</summary>
    public const int MaxHeaderOctets = 10;

    // Where the kernel can take it from.
    private static readonly PinnedBody _end = new("\r\n0\r\n\r\n"u8);

    /// <summary>What ends a chunk's content.</summary>
    public static NativeSlice ChunkEnd => _end.Slice.Take(2);

    /// <summary>The last chunk, without trailers.</summary>
    public static NativeSlice LastChunk => _end.Slice.From(2);

    /// <summary>The end of a chunk's content and the last chunk, without trailers.</summary>
    public static NativeSlice ChunkEndAndLast => _end.Slice;

    /// <summary>Writes the size and its CRLF.</summary>
    /// <param name="target">At least <see cref="MaxHeaderOctets"/>, or as much as the size needs.</param>
    /// <param name="length">Octets of content, above 0: a chunk of 0 ends the body.</param>
    /// <returns>Octets written, or -1 when the target is too small.</returns>
    public static int WriteChunkHeader(Span<byte> target, int length)
    {
        Debug.Assert(length > 0, "An empty chunk would end the body.");
        int digits = (35 - BitOperations.LeadingZeroCount((uint)length)) / 4;
        if (target.Length < digits + 2)
        {
            return -1;
        }

        for (int i = digits - 1; i >= 0; i--)
        {
            target[i] = "0123456789abcdef"u8[length & 15];
            length >>= 4;
        }

        target[digits] = (byte)'\r';
        target[digits + 1] = (byte)'\n';
        return digits + 2;
    }

    /// <summary>The most that <see cref="WriteLast"/> writes.</summary>
    public static int MaxLastOctets(HeaderFields? trailers) => 8 + (trailers is null ? 0 : HeadWriter.MostOctets(trailers));

    /// <summary>Writes the last chunk, the trailer section and the empty line. Fields that no trailer may hold are left out.</summary>
    /// <returns>Octets written, or -1 when the target is too small.</returns>
    public static int WriteLast(Span<byte> target, HeaderFields? trailers)
    {
        HeadWriter writer = new(target);
        writer.Write("0\r\n"u8);
        if (trailers is not null)
        {
            for (int slot = 0; slot < trailers.SlotCount; slot++)
            {
                if (!trailers.IsRemoved(slot) && !Trailers.IsForbidden(trailers.FieldAt(slot), trailers.NameAt(slot)))
                {
                    writer.WriteField(trailers.NameAt(slot), trailers.ValueAt(slot));
                }
            }
        }

        writer.Write("\r\n"u8);
        return writer.Result;
    }
}
