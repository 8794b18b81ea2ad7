// Hot: every octet of content inflated from br passes it.
using System.Buffers;
using System.IO.Compression;

namespace Weir.Codings.Decompression;

/// <summary>br, by the runtime's own decoder.</summary>
internal sealed class BrotliDecompressor : Decompressor
{
    private BrotliDecoder _decoder;
    private bool _isComplete;

    public BrotliDecompressor(in DecompressionBounds bounds)
        : base(bounds)
    {
    }

    private protected override bool IsComplete => _isComplete;

    private protected override OperationStatus Inflate(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        if (_isComplete)
        {
            consumed = 0;
            written = 0;
            return source.IsEmpty ? OperationStatus.Done : OperationStatus.InvalidData;
        }

        OperationStatus status = _decoder.Decompress(source, destination, out consumed, out written);
        if (status == OperationStatus.Done)
        {
            _isComplete = true;
            return consumed == source.Length ? status : OperationStatus.InvalidData;
        }

        return status == OperationStatus.NeedMoreData ? OperationStatus.Done : status;
    }

    protected override void Dispose(bool disposing) => _decoder.Dispose();
}
