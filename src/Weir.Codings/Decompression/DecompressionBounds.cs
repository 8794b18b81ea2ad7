using Weir.Abstractions.Errors;

namespace Weir.Codings.Decompression;

/// <summary>How much may come out, and what it is called when it is not so.</summary>
public readonly record struct DecompressionBounds
{
    /// <summary>The most octets in all.</summary>
    public required long MostOctets { get; init; }

    /// <summary>The most octets for one that came in, beyond the first 64 KiB.</summary>
    public required int MostRatio { get; init; }

    /// <summary>The error where a bound is passed.</summary>
    public required ProxyError TooLarge { get; init; }

    /// <summary>The error where the content breaks its format or is cut off.</summary>
    public required ProxyError Broken { get; init; }
}
