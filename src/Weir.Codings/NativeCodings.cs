using System.Runtime.InteropServices;
using Weir.Codings.Native;

namespace Weir.Codings;

/// <summary>Which codings this machine can do: some are the work of libraries that hardly any system lacks.</summary>
public static class NativeCodings
{
    private static readonly bool _hasZlib = NativeLibrary.TryLoad(LibZ.Library, out _);
    private static readonly bool _hasZstd = NativeLibrary.TryLoad(LibZstd.Library, out _);

    /// <summary>Whether a coding can be written.</summary>
    public static bool CanWrite(ContentCoding coding) => coding != ContentCoding.Deflate && (coding != ContentCoding.Zstd || _hasZstd);

    /// <summary>Whether a coding can be read.</summary>
    public static bool CanRead(ContentCoding coding) => LibraryOf(coding) is null || (coding == ContentCoding.Zstd ? _hasZstd : _hasZlib);

    /// <summary>The library that reads a coding; null for the runtime itself.</summary>
    public static string? LibraryOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip or ContentCoding.Deflate => LibZ.Library,
        ContentCoding.Zstd => LibZstd.Library,
        _ => null,
    };
}
