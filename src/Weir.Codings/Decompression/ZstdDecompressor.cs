// Hot: every octet of content inflated from zstd passes it.
using System.Buffers;
using Weir.Codings.Native;

namespace Weir.Codings.Decompression;

/// <summary>
/// zstd, by libzstd: any number of frames (RFC 8878 section 3.1), each with a window of at most 8 MiB (RFC 9659 section 3).
/// </summary>
internal sealed unsafe class ZstdDecompressor : Decompressor
{
    private const int MostWindowBits = 23;

    private nint _context;
    private bool _isComplete;

    public ZstdDecompressor(in DecompressionBounds bounds)
        : base(bounds)
    {
        _context = LibZstd.ZSTD_createDCtx();
        if (_context == 0)
        {
            throw new OutOfMemoryException("libzstd has made no context.");
        }

        LibZstd.ZSTD_DCtx_setParameter(_context, LibZstd.DecoderWindowLogMax, MostWindowBits);
    }

    private protected override bool IsComplete => _isComplete;

    private protected override OperationStatus Inflate(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            LibZstd.Buffer input = new() { Start = from, Length = (nuint)source.Length };
            LibZstd.Buffer output = new() { Start = to, Length = (nuint)destination.Length };
            while (!_isComplete || input.Position < input.Length)
            {
                nuint before = input.Position + output.Position;
                nuint result = LibZstd.ZSTD_decompressStream(_context, &output, &input);
                consumed = (int)input.Position;
                written = (int)output.Position;
                if (LibZstd.ZSTD_isError(result) != 0)
                {
                    return OperationStatus.InvalidData;
                }

                // 0: a frame has ended, and all of it was given out.
                _isComplete = result == 0;
                if (!_isComplete && output.Position == output.Length)
                {
                    return OperationStatus.DestinationTooSmall;
                }

                if (!_isComplete && (input.Position == input.Length || input.Position + output.Position == before))
                {
                    break;
                }
            }
        }

        return OperationStatus.Done;
    }

    protected override void Dispose(bool disposing)
    {
        nint context = Interlocked.Exchange(ref _context, 0);
        if (context != 0)
        {
            LibZstd.ZSTD_freeDCtx(context);
        }
    }
}
