using System.Buffers;
using System.IO.Compression;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Codings.Compression;
using Weir.Codings.Decompression;

namespace Weir.Codings.Tests.Streaming;

/// <summary>Filters, driven as the proxy drives them: in pieces, with an output of some size.</summary>
internal static class Filters
{
    public static readonly ContentCoding[] Written = [ContentCoding.Gzip, ContentCoding.Brotli, ContentCoding.Zstd];

    public static EncoderMemory Plenty => new(long.MaxValue / 2);

    public static DecompressionBounds Bounds(long mostOctets = 64 << 20, int mostRatio = 100_000) => new()
    {
        MostOctets = mostOctets,
        MostRatio = mostRatio,
        TooLarge = ProxyErrors.BodyTooLarge,
        Broken = ProxyErrors.BadBody,
    };

    public static byte[] Compress(ContentCoding coding, int level, byte[] content, int piece = 5000, int room = 3000)
    {
        using Compressor filter = Compressor.TryMake(coding, level, isFlushing: false, Plenty)!;
        return Run(filter, content, piece, room).ShouldNotBeNull();
    }

    /// <summary>What comes out; null when the filter calls it broken.</summary>
    public static byte[]? Run(BodyFilter filter, byte[] content, int piece, int room)
    {
        using MemoryStream result = new();
        byte[] output = new byte[room];
        int at = 0;
        do
        {
            int length = Math.Min(piece, content.Length - at);
            bool isEnd = at + length == content.Length;
            ReadOnlySpan<byte> source = content.AsSpan(at, length);
            OperationStatus status;
            do
            {
                status = filter.Transform(source, output, out int consumed, out int written, isEnd);
                if (status == OperationStatus.InvalidData)
                {
                    return null;
                }

                (consumed + written > 0 || status == OperationStatus.Done).ShouldBeTrue("A filter must come forward.");
                source = source[consumed..];
                result.Write(output, 0, written);
            }
            while (status == OperationStatus.DestinationTooSmall);

            source.Length.ShouldBe(0);
            at += length;
        }
        while (at < content.Length);
        return result.ToArray();
    }

    /// <summary>Inflates with somebody else's decoder, where there is one.</summary>
    public static byte[] Inflate(ContentCoding coding, byte[] content)
    {
        if (coding == ContentCoding.Zstd)
        {
            using Decompressor filter = Decompressor.Make(coding, Bounds());
            return Run(filter, content, 1 << 20, 1 << 20).ShouldNotBeNull();
        }

        using MemoryStream source = new(content);
        using Stream decoder = coding == ContentCoding.Gzip
            ? new GZipStream(source, CompressionMode.Decompress)
            : new BrotliStream(source, CompressionMode.Decompress);
        using MemoryStream result = new();
        decoder.CopyTo(result);
        return result.ToArray();
    }

    public static byte[] Text(int octets, int seed = 7)
    {
        Random random = new(seed);
        string[] words = ["weir", "origin", "upstream", "the", "of", "a", "stream", "flows", "over", "\n", "0123456789"];
        System.Text.StringBuilder text = new();
        while (text.Length < octets)
        {
            text.Append(words[random.Next(words.Length)]).Append(' ');
        }

        return System.Text.Encoding.ASCII.GetBytes(text.ToString(0, octets));
    }
}
