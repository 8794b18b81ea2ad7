using Weir.Abstractions.Bodies;

namespace Weir.Upstream.Http1;

/// <summary>The end of a chunk, where the kernel can take it from.</summary>
internal static class PinnedChunkEnd
{
    private static readonly PinnedBody _octets = new("\r\n"u8);

    public static NativeSlice CrLf => _octets.Slice;
}
