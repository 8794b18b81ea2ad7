// Hot: asked for each response that is compressed.
using Weir.Codings;
using Weir.Codings.Negotiation;

namespace Weir.Modules.Compress;

/// <summary>The levels of the codings, for some content or for all of it.</summary>
/// <param name="Types">The content types; null for all.</param>
/// <param name="From">The least length, in octets.</param>
/// <param name="Gzip">The level of gzip.</param>
/// <param name="Brotli">The level of br.</param>
/// <param name="Zstd">The level of zstd.</param>
internal sealed record Levels(ContentTypes? Types, long From, int Gzip, int Brotli, int Zstd)
{
    /// <summary>Whether it speaks of such content.</summary>
    public bool Fits(ReadOnlySpan<byte> contentType, long octets) => octets >= From && Types?.Has(contentType) != false;

    /// <summary>The level of a coding.</summary>
    public int Of(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => Gzip,
        ContentCoding.Brotli => Brotli,
        _ => Zstd,
    };
}
