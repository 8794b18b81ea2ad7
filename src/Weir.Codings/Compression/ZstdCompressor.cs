// Hot: every octet of an answer compressed with zstd passes it.
using System.Buffers;
using System.Collections.Concurrent;
using Weir.Codings.Native;

namespace Weir.Codings.Compression;

/// <summary>zstd, by libzstd. Its contexts are large and made to be used again: some are kept.</summary>
internal sealed unsafe class ZstdCompressor : Compressor
{
    private const int MostKept = 64;

    private static readonly ConcurrentBag<nint> _kept = [];

    private nint _context;

    public ZstdCompressor(int level, bool isFlushing)
        : base(isFlushing)
    {
        _context = _kept.TryTake(out nint kept) ? kept : LibZstd.ZSTD_createCCtx();
        if (_context == 0)
        {
            throw new OutOfMemoryException("libzstd has made no context.");
        }

        LibZstd.ZSTD_CCtx_setParameter(_context, LibZstd.CompressionLevel, level);
        LibZstd.ZSTD_CCtx_setParameter(_context, LibZstd.WindowLog, CompressionLevels.WindowBits);
    }

    private protected override OperationStatus Compress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, Step step)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            LibZstd.Buffer input = new() { Start = from, Length = (nuint)source.Length };
            LibZstd.Buffer output = new() { Start = to, Length = (nuint)destination.Length };
            LibZstd.Directive directive = step switch
            {
                Step.Flush => LibZstd.Directive.Flush,
                Step.End => LibZstd.Directive.End,
                _ => LibZstd.Directive.Continue,
            };
            nuint left = LibZstd.ZSTD_compressStream2(_context, &output, &input, directive);
            consumed = (int)input.Position;
            written = (int)output.Position;
            if (LibZstd.ZSTD_isError(left) != 0)
            {
                return OperationStatus.InvalidData;
            }

            bool isDone = consumed == source.Length && (step == Step.Continue ? written < destination.Length : left == 0);
            return isDone ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        nint context = _context;
        _context = 0;
        if (context == 0)
        {
            return;
        }

        if (_kept.Count >= MostKept || LibZstd.ZSTD_isError(LibZstd.ZSTD_CCtx_reset(context, LibZstd.ResetSession)) != 0)
        {
            LibZstd.ZSTD_freeCCtx(context);
        }
        else
        {
            _kept.Add(context);
        }
    }
}
