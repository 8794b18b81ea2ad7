// Hot: every octet of inflated content passes it.
using System.Buffers;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;

namespace Weir.Codings.Decompression;

/// <summary>Inflates content while it streams, within bounds: what goes beyond them, is broken or is cut off ends the exchange.</summary>
public abstract class Decompressor : BodyFilter
{
    // A few octets may be many without harm: a ratio is judged from here on.
    private const int JudgedFrom = 64 * 1024;

    private readonly DecompressionBounds _bounds;
    private long _in;
    private long _out;
    private bool _isTooLarge;

    private protected Decompressor(in DecompressionBounds bounds) => _bounds = bounds;

    /// <inheritdoc/>
    public sealed override ProxyError? Fault => _isTooLarge ? _bounds.TooLarge : _bounds.Broken;

    /// <summary>Makes one for any coding but identity.</summary>
    public static Decompressor Make(ContentCoding coding, in DecompressionBounds bounds) => coding switch
    {
        ContentCoding.Gzip => new ZlibDecompressor(isGzip: true, bounds),
        ContentCoding.Deflate => new ZlibDecompressor(isGzip: false, bounds),
        ContentCoding.Brotli => new BrotliDecompressor(bounds),
        ContentCoding.Zstd => new ZstdDecompressor(bounds),
        _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "Nothing is inflated from this."),
    };

    /// <inheritdoc/>
    public sealed override OperationStatus Transform(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isEnd)
    {
        OperationStatus status = Inflate(source, destination, out consumed, out written);
        _in += consumed;
        _out += written;
        if (status == OperationStatus.InvalidData)
        {
            return status;
        }

        if (_out > _bounds.MostOctets || (_out > JudgedFrom && _out / _bounds.MostRatio > _in))
        {
            _isTooLarge = true;
            return OperationStatus.InvalidData;
        }

        if (status == OperationStatus.DestinationTooSmall)
        {
            return status;
        }

        // Done or not, all of the source is used up; what ends before its format does was cut off.
        return isEnd && !IsComplete ? OperationStatus.InvalidData : OperationStatus.Done;
    }

    /// <summary>Whether the octets so far are whole frames.</summary>
    private protected abstract bool IsComplete { get; }

    /// <summary>
    /// <see cref="OperationStatus.Done"/>: the source is used up and there is nothing to give out.
    /// </summary>
    private protected abstract OperationStatus Inflate(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written);
}
