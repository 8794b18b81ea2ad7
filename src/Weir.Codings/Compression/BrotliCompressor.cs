// Hot: every octet of an answer compressed with br passes it.
using System.Buffers;
using System.IO.Compression;

namespace Weir.Codings.Compression;

/// <summary>br, by the runtime's own encoder.</summary>
internal sealed class BrotliCompressor : Compressor
{
    private BrotliEncoder _encoder;

    public BrotliCompressor(int level, bool isFlushing)
        : base(isFlushing) => _encoder = new BrotliEncoder(level, CompressionLevels.WindowBits);

    private protected override OperationStatus Compress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, Step step)
    {
        if (step == Step.Flush)
        {
            consumed = 0;
            return _encoder.Flush(destination, out written);
        }

        return _encoder.Compress(source, destination, out consumed, out written, step == Step.End);
    }

    protected override void Dispose(bool disposing)
    {
        _encoder.Dispose();
        base.Dispose(disposing);
    }
}
