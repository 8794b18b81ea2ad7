using Weir.Abstractions.Bodies;

namespace Weir.Server.Http1;

/// <summary>Octets that are sent often, where the kernel can take them from.</summary>
internal static class PinnedOctets
{
    private static readonly PinnedBody _octets = new("\r\n0\r\n\r\n"u8);

    /// <summary>The end of a chunk.</summary>
    public static NativeSlice CrLf => _octets.Slice.Take(2);

    /// <summary>The last chunk, without trailers.</summary>
    public static NativeSlice LastChunk => _octets.Slice.From(2);

    /// <summary>The end of a chunk and the last chunk.</summary>
    public static NativeSlice CrLfLastChunk => _octets.Slice;
}
