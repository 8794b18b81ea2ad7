using Weir.Abstractions.Heads;

namespace Weir.Upstream;

/// <summary>How a request goes out.</summary>
public readonly struct OriginRequestOptions
{
    /// <summary>How the content is framed.</summary>
    public BodyLength BodyLength { get; init; }

    /// <summary>Whether the head's Upgrade field is passed on.</summary>
    public bool KeepUpgrade { get; init; }

    /// <summary>Whether the origin may send trailer fields.</summary>
    public bool SendTeTrailers { get; init; }

    /// <summary>Whether the target goes out as the client wrote it (paths: raw).</summary>
    public bool UseRawTarget { get; init; }

    /// <summary>Whether the origin is told that the connection ends with its response.</summary>
    public bool Close { get; init; }

    /// <summary>How long the origin may take no octet, in milliseconds.</summary>
    public int WriteTimeoutMs { get; init; }

    /// <summary>How long the origin may pause within its response's content, in milliseconds.</summary>
    public int IdleTimeoutMs { get; init; }
}
