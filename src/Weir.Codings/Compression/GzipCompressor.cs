// Hot: every octet of an answer compressed with gzip passes it.
using System.Buffers;
using System.IO.Compression;

namespace Weir.Codings.Compression;

/// <summary>gzip, by the runtime's own zlib.</summary>
internal sealed class GzipCompressor : Compressor
{
    // One write makes no more than this, and some octets: what the outlet holds is bounded by it.
    private const int PieceOctets = 16 * 1024;

    private readonly Outlet _outlet = new();
    private readonly GZipStream _stream;
    private bool _isFlushed = true;
    private bool _hasEnded;

    public GzipCompressor(int level, bool isFlushing)
        : base(isFlushing) => _stream = new GZipStream(_outlet, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);

    private protected override OperationStatus Compress(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, Step step)
    {
        consumed = 0;
        written = _outlet.MoveTo(destination);
        while (_outlet.IsEmpty)
        {
            if (consumed < source.Length)
            {
                int piece = Math.Min(source.Length - consumed, PieceOctets);
                _stream.Write(source.Slice(consumed, piece));
                consumed += piece;
                _isFlushed = false;
            }
            else if (step == Step.Flush && !_isFlushed)
            {
                _stream.Flush();
                _isFlushed = true;
            }
            else if (step == Step.End && !_hasEnded)
            {
                _hasEnded = true;

                // A GZipStream that was given nothing writes nothing: no octets are content too, and have a frame.
                _stream.Write([]);
                _stream.Dispose();
            }
            else
            {
                return OperationStatus.Done;
            }

            written += _outlet.MoveTo(destination[written..]);
        }

        return OperationStatus.DestinationTooSmall;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What the stream still writes at its end, nobody reads.
            _outlet.IsClosed = true;
            _stream.Dispose();
            _outlet.Dispose();
        }

        base.Dispose(disposing);
    }
}
