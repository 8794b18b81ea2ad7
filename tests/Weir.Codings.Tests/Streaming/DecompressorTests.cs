using System.IO.Compression;
using Weir.Abstractions.Errors;
using Weir.Codings.Decompression;

namespace Weir.Codings.Tests.Streaming;

public sealed class DecompressorTests
{
    public static TheoryData<ContentCoding> All => [ContentCoding.Gzip, ContentCoding.Deflate, ContentCoding.Brotli, ContentCoding.Zstd];

    [Theory]
    [MemberData(nameof(All))]
    public void Content_comes_back_whole_in_any_pieces(ContentCoding coding)
    {
        byte[] content = Filters.Text(50_000);
        byte[] packed = Pack(coding, content);
        foreach ((int piece, int room) in ((int, int)[])[(1, 1000), (7, 1), (4096, 16384), (1 << 20, 100), (1 << 20, 1 << 20)])
        {
            Inflate(coding, packed, piece, room).ShouldBe(content);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Content_that_is_cut_off_anywhere_is_broken(ContentCoding coding)
    {
        byte[] packed = Pack(coding, Filters.Text(300));
        for (int cut = coding == ContentCoding.Deflate ? 1 : 0; cut < packed.Length; cut++)
        {
            using Decompressor filter = Decompressor.Make(coding, Filters.Bounds());
            Filters.Run(filter, packed[..cut], 50, 5000).ShouldBeNull($"{cut} of {packed.Length} octets");
            filter.Fault.ShouldBe(ProxyErrors.BadBody);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Octets_behind_the_end_are_broken(ContentCoding coding) =>
        Inflate(coding, [.. Pack(coding, Filters.Text(300)), 1, 2, 3]).ShouldBeNull();

    [Theory]
    [MemberData(nameof(All))]
    public void A_bomb_ends_at_the_ratio_and_at_the_size(ContentCoding coding)
    {
        byte[] bomb = Pack(coding, new byte[8 << 20]);
        long[] given = [0, 0];
        for (int which = 0; which < 2; which++)
        {
            DecompressionBounds bounds = which == 0 ? Filters.Bounds(mostRatio: 20) : Filters.Bounds(mostOctets: 100_000);
            using Decompressor filter = Decompressor.Make(coding, bounds);
            byte[] output = new byte[4096];
            ReadOnlySpan<byte> source = bomb;
            while (filter.Transform(source, output, out int consumed, out int written, isEnd: true) != System.Buffers.OperationStatus.InvalidData)
            {
                source = source[consumed..];
                given[which] += written;
            }

            filter.Fault.ShouldBe(ProxyErrors.BodyTooLarge);
        }

        given[0].ShouldBeLessThan(Math.Max(20L * bomb.Length, 64 * 1024) + 4096);
        given[1].ShouldBeLessThanOrEqualTo(100_000);
    }

    [Fact]
    public void Members_and_frames_follow_each_other()
    {
        byte[] one = Filters.Text(300);
        byte[] two = Filters.Text(200, seed: 3);
        foreach (ContentCoding coding in (ContentCoding[])[ContentCoding.Gzip, ContentCoding.Zstd])
        {
            byte[] both = [.. Pack(coding, one), .. Pack(coding, two)];
            Inflate(coding, both, 1, 33).ShouldBe([.. one, .. two]);
            Inflate(coding, both).ShouldBe([.. one, .. two]);
        }
    }

    [Fact]
    public void Deflate_without_its_frame_is_read_too()
    {
        using MemoryStream raw = new();
        using (DeflateStream stream = new(raw, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(Filters.Text(5000));
        }

        Inflate(ContentCoding.Deflate, raw.ToArray()).ShouldBe(Filters.Text(5000));
    }

    [Fact]
    public void A_zstd_window_beyond_8_mebibyte_is_refused()
    {
        // RFC 8878 section 3.1.1: magic, a descriptor without single segment, a window of 2^27.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, (27 - 10) << 3, 0x01, 0x00, 0x00];
        Inflate(ContentCoding.Zstd, frame).ShouldBeNull();
        frame[5] = (20 - 10) << 3;
        Inflate(ContentCoding.Zstd, frame).ShouldBe([]);
    }

    internal static byte[] Pack(ContentCoding coding, byte[] content)
    {
        if (coding == ContentCoding.Zstd)
        {
            return Filters.Compress(coding, 3, content);
        }

        using MemoryStream result = new();
        using (Stream stream = coding switch
        {
            ContentCoding.Gzip => new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true),
            ContentCoding.Deflate => new ZLibStream(result, CompressionLevel.Optimal, leaveOpen: true),
            _ => new BrotliStream(result, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(content);
        }

        return result.ToArray();
    }

    private static byte[]? Inflate(ContentCoding coding, byte[] packed, int piece = 4096, int room = 16384)
    {
        using Decompressor filter = Decompressor.Make(coding, Filters.Bounds());
        return Filters.Run(filter, packed, piece, room);
    }
}
