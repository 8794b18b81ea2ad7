// Hot: every octet of a compressed answer passes it.
using System.Buffers;
using Weir.Abstractions.Bodies;

namespace Weir.Codings.Compression;

/// <summary>Compresses content while it streams.</summary>
public abstract class Compressor : BodyFilter
{
    private readonly bool _isFlushing;
    private EncoderMemory? _memory;
    private int _reserved;

    private protected Compressor(bool isFlushing) => _isFlushing = isFlushing;

    private protected enum Step : byte
    {
        Continue,
        Flush,
        End,
    }

    /// <inheritdoc/>
    public override bool IsFlushedAtPauses => _isFlushing;

    /// <summary>Makes one; null when the memory for encoders is spent.</summary>
    /// <param name="coding">gzip, br or zstd.</param>
    /// <param name="level">The coding's own level, within <see cref="CompressionLevels"/>.</param>
    /// <param name="isFlushing">Whether a reader gets everything so far whenever the source pauses.</param>
    /// <param name="memory">What the encoder's memory is counted against, until it is disposed.</param>
    public static Compressor? TryMake(ContentCoding coding, int level, bool isFlushing, EncoderMemory memory)
    {
        int octets = CompressionLevels.EncoderOctets(coding, level);
        if (!memory.TryTake(octets))
        {
            return null;
        }

        Compressor made = coding switch
        {
            ContentCoding.Gzip => new GzipCompressor(level, isFlushing),
            ContentCoding.Brotli => new BrotliCompressor(level, isFlushing),
            ContentCoding.Zstd => new ZstdCompressor(level, isFlushing),
            _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "Nothing compresses to this."),
        };
        made._memory = memory;
        made._reserved = octets;
        return made;
    }

    /// <inheritdoc/>
    public sealed override OperationStatus Transform(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isEnd) =>
        Compress(source, destination, out consumed, out written, isEnd ? Step.End : Step.Continue);

    /// <inheritdoc/>
    public sealed override OperationStatus Flush(Span<byte> destination, out int written) =>
        Compress([], destination, out _, out written, Step.Flush);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _memory?.Return(_reserved);
        _memory = null;
    }

    private protected abstract OperationStatus Compress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, Step step);
}
