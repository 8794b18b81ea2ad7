using System.Buffers;
using System.Text;
using Weir.Codings.Compression;
using Weir.Codings.Decompression;

namespace Weir.Codings.Tests.Streaming;

public sealed class CompressorTests
{
    public static TheoryData<ContentCoding, int, int, int> Shapes()
    {
        TheoryData<ContentCoding, int, int, int> shapes = [];
        foreach (ContentCoding coding in Filters.Written)
        {
            foreach ((int octets, int piece, int room) in ((int, int, int)[])[(0, 1, 100), (1, 1, 1), (700, 1, 1), (100_000, 7, 5000), (300_000, 65536, 16384), (300_000, 16384, 100)])
            {
                shapes.Add(coding, octets, piece, room);
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void What_was_compressed_in_pieces_another_decoder_reads(ContentCoding coding, int octets, int piece, int room)
    {
        byte[] content = Filters.Text(octets);
        byte[] compressed = Filters.Compress(coding, 3, content, piece, room);
        Filters.Inflate(coding, compressed).ShouldBe(content);
        if (octets > 10_000)
        {
            compressed.Length.ShouldBeLessThan(octets / 2);
        }
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Zstd)]
    public void Every_level_works(ContentCoding coding)
    {
        byte[] content = Filters.Text(20_000);
        (int lowest, int highest) = CompressionLevels.Of(coding);
        for (int level = lowest; level <= highest; level++)
        {
            Filters.Inflate(coding, Filters.Compress(coding, level, content)).ShouldBe(content);
        }
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Zstd)]
    public void A_flush_gives_out_all_that_came_and_a_second_one_nothing(ContentCoding coding)
    {
        using Compressor filter = Compressor.TryMake(coding, 4, isFlushing: true, Filters.Plenty)!;
        using Decompressor reader = Decompressor.Make(coding, Filters.Bounds());
        filter.IsFlushedAtPauses.ShouldBeTrue();
        byte[] output = new byte[4096];
        for (int i = 0; i < 5; i++)
        {
            byte[] sent = Encoding.ASCII.GetBytes($"data: event {i}\n\n");
            filter.Transform(sent, output, out int consumed, out int written, isEnd: false).ShouldBe(OperationStatus.Done);
            consumed.ShouldBe(sent.Length);
            filter.Flush(output.AsSpan(written), out int flushed).ShouldBe(OperationStatus.Done);
            byte[] seen = new byte[4096];
            reader.Transform(output.AsSpan(0, written + flushed), seen, out _, out int read, isEnd: false).ShouldBe(OperationStatus.Done);
            seen[..read].ShouldBe(sent);
            filter.Flush(output, out int again).ShouldBe(OperationStatus.Done);
            again.ShouldBeLessThan(8);
        }
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Brotli)]
    [InlineData(ContentCoding.Zstd)]
    public void Memory_is_bounded_and_comes_back(ContentCoding coding)
    {
        EncoderMemory memory = new(CompressionLevels.EncoderOctets(coding, 3) * 2);
        using Compressor first = Compressor.TryMake(coding, 3, isFlushing: false, memory)!;
        using Compressor second = Compressor.TryMake(coding, 3, isFlushing: false, memory)!;
        Compressor.TryMake(coding, 3, isFlushing: false, memory).ShouldBeNull();
        first.Dispose();
        first.Dispose();
        memory.Taken.ShouldBe(CompressionLevels.EncoderOctets(coding, 3));
        using Compressor third = Compressor.TryMake(coding, 3, isFlushing: false, memory).ShouldNotBeNull();
        Filters.Inflate(coding, Filters.Run(third, Filters.Text(5000), 500, 500)!).ShouldBe(Filters.Text(5000));
    }

    [Fact]
    public void An_encoder_that_was_left_in_the_middle_leaves_nothing_to_the_next()
    {
        for (int i = 0; i < 3; i++)
        {
            using (Compressor left = Compressor.TryMake(ContentCoding.Zstd, 3, isFlushing: false, Filters.Plenty)!)
            {
                left.Transform(Filters.Text(10_000), new byte[10], out _, out _, isEnd: false);
            }

            Filters.Inflate(ContentCoding.Zstd, Filters.Compress(ContentCoding.Zstd, 3, Filters.Text(3000, seed: i))).ShouldBe(
                Filters.Text(3000, seed: i));
        }
    }
}
