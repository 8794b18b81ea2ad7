using System.Runtime.InteropServices;

namespace Weir.Codings.Native;

/// <summary>The calls into libzstd: what has been stable since its version 1.4.</summary>
internal static unsafe class LibZstd
{
    public const int CompressionLevel = 100;
    public const int WindowLog = 101;
    public const int DecoderWindowLogMax = 100;
    public const int ResetSession = 1;

    public const string Library = "libzstd.so.1";

    /// <summary>ZSTD_EndDirective.</summary>
    public enum Directive
    {
        /// <summary>More comes.</summary>
        Continue = 0,

        /// <summary>Everything so far can be read.</summary>
        Flush = 1,

        /// <summary>The frame ends.</summary>
        End = 2,
    }

    [DllImport(Library)]
    public static extern uint ZSTD_versionNumber();

    [DllImport(Library)]
    public static extern nint ZSTD_createCCtx();

    [DllImport(Library)]
    public static extern nuint ZSTD_freeCCtx(nint context);

    [DllImport(Library)]
    public static extern nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [DllImport(Library)]
    public static extern nuint ZSTD_CCtx_reset(nint context, int directive);

    [DllImport(Library)]
    public static extern nuint ZSTD_compressStream2(nint context, Buffer* output, Buffer* input, Directive directive);

    [DllImport(Library)]
    public static extern nint ZSTD_createDCtx();

    [DllImport(Library)]
    public static extern nuint ZSTD_freeDCtx(nint context);

    [DllImport(Library)]
    public static extern nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);

    [DllImport(Library)]
    public static extern nuint ZSTD_decompressStream(nint context, Buffer* output, Buffer* input);

    [DllImport(Library)]
    public static extern uint ZSTD_isError(nuint result);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Length;
        public nuint Position;
    }
}
