using Weir.Abstractions.Errors;
using Weir.Codings.Decompression;

namespace Weir.Modules.Compress;

/// <summary>Content from origins is inflated piece by piece as the client takes it: it needs no bound but the client's patience.</summary>
internal static class OriginContent
{
    public static DecompressionBounds Bounds { get; } = new()
    {
        MostOctets = long.MaxValue,
        MostRatio = int.MaxValue,
        TooLarge = ProxyErrors.OriginBadBody,
        Broken = ProxyErrors.OriginBadBody,
    };
}
