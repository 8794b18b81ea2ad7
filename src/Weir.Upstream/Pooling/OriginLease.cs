using Weir.Abstractions.Errors;

namespace Weir.Upstream.Pooling;

/// <summary>A stream to an origin, or why there is none.</summary>
public readonly struct OriginLease
{
    /// <summary>A stream.</summary>
    public OriginLease(OriginStream stream)
    {
        Stream = stream;
        Error = null;
    }

    /// <summary>No stream.</summary>
    public OriginLease(ProxyError error)
    {
        Stream = null;
        Error = error;
    }

    /// <summary>The stream.</summary>
    public OriginStream? Stream { get; }

    /// <summary>Why there is none.</summary>
    public ProxyError? Error { get; }
}
