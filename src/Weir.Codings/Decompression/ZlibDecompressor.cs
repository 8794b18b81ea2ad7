// Hot: every octet of content inflated from gzip or deflate passes it.
using System.Buffers;
using System.Runtime.InteropServices;
using Weir.Codings.Native;

namespace Weir.Codings.Decompression;

/// <summary>gzip with any number of members (RFC 1952 section 2.2), and deflate with or without the frame that some leave out.</summary>
internal sealed unsafe class ZlibDecompressor : Decompressor
{
    private readonly bool _isGzip;
    private LibZ.ZStream* _stream;
    private bool _isBegun;
    private bool _isComplete;

    public ZlibDecompressor(bool isGzip, in DecompressionBounds bounds)
        : base(bounds)
    {
        _isGzip = isGzip;

        // zlib keeps the address.
        _stream = (LibZ.ZStream*)NativeMemory.AllocZeroed((nuint)sizeof(LibZ.ZStream));
    }

    private protected override bool IsComplete => _isComplete;

    private protected override OperationStatus Inflate(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        if (_stream == null || (!_isBegun && !source.IsEmpty && !Begin(source[0])))
        {
            return OperationStatus.InvalidData;
        }

        while (_isBegun)
        {
            if (_isComplete && consumed < source.Length && (!_isGzip || LibZ.inflateReset(_stream) != LibZ.Ok))
            {
                // Octets behind the end.
                return OperationStatus.InvalidData;
            }

            if (_isComplete && consumed == source.Length)
            {
                return OperationStatus.Done;
            }

            _isComplete = false;
            int result = Step(source, destination, ref consumed, ref written);
            if (result == LibZ.StreamEnd)
            {
                _isComplete = true;
            }
            else if (result is not (LibZ.Ok or LibZ.BufferError))
            {
                return OperationStatus.InvalidData;
            }
            else if (written == destination.Length)
            {
                return OperationStatus.DestinationTooSmall;
            }
            else if (consumed == source.Length)
            {
                return OperationStatus.Done;
            }
        }

        return OperationStatus.Done;
    }

    protected override void Dispose(bool disposing)
    {
        if (_stream == null)
        {
            return;
        }

        if (_isBegun)
        {
            _ = LibZ.inflateEnd(_stream);
        }

        NativeMemory.Free(_stream);
        _stream = null;
    }

    // RFC 1950 section 2.2: a frame begins with method 8 and a window of at most 32 KiB; RFC 1951 blocks hardly ever do.
    private bool Begin(byte first)
    {
        bool hasFrame = (first & 0x0F) == 8 && first >> 4 <= 7;
        int window = _isGzip ? LibZ.GzipFrame : hasFrame ? LibZ.ZlibFrame : LibZ.NoFrame;
        _isBegun = LibZ.inflateInit2_(_stream, window, LibZ.zlibVersion(), sizeof(LibZ.ZStream)) == LibZ.Ok;
        return _isBegun;
    }

    private int Step(ReadOnlySpan<byte> source, Span<byte> destination, ref int consumed, ref int written)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            _stream->NextIn = from + consumed;
            _stream->AvailableIn = (uint)(source.Length - consumed);
            _stream->NextOut = to + written;
            _stream->AvailableOut = (uint)(destination.Length - written);
            int result = LibZ.inflate(_stream, LibZ.NoFlush);
            consumed = source.Length - (int)_stream->AvailableIn;
            written = destination.Length - (int)_stream->AvailableOut;
            return result;
        }
    }
}
