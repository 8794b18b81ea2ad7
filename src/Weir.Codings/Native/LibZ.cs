using System.Runtime.InteropServices;

namespace Weir.Codings.Native;

/// <summary>
/// The calls into zlib that inflate. The runtime's own inflater cannot be fed piece by piece and say where a stream ended.
/// </summary>
internal static unsafe class LibZ
{
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int BufferError = -5;
    public const int NoFlush = 0;

    /// <summary>A window of 32 KiB, with zlib's frame (RFC 1950).</summary>
    public const int ZlibFrame = 15;

    /// <summary>A window of 32 KiB, without a frame (RFC 1951).</summary>
    public const int NoFrame = -15;

    /// <summary>A window of 32 KiB, with gzip's frame (RFC 1952).</summary>
    public const int GzipFrame = 15 + 16;

    public const string Library = "libz.so.1";

    [DllImport(Library)]
    public static extern byte* zlibVersion();

    [DllImport(Library)]
    public static extern int inflateInit2_(ZStream* stream, int windowBits, byte* version, int streamSize);

    [DllImport(Library)]
    public static extern int inflate(ZStream* stream, int flush);

    [DllImport(Library)]
    public static extern int inflateReset(ZStream* stream);

    [DllImport(Library)]
    public static extern int inflateEnd(ZStream* stream);

    /// <summary>z_stream of zlib.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ZStream
    {
        public byte* NextIn;
        public uint AvailableIn;
        public nuint TotalIn;
        public byte* NextOut;
        public uint AvailableOut;
        public nuint TotalOut;
        public byte* Message;
        public nint State;
        public nint Allocate;
        public nint Free;
        public nint Opaque;
        public int DataType;
        public nuint Check;
        public nuint Reserved;
    }
}
