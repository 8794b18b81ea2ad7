namespace Weir.Net.ProxyProtocol;

/// <summary>What the beginning of a connection is.</summary>
public enum ProxyHeaderStatus : byte
{
    /// <summary>A header, or a part of one, that needs more octets.</summary>
    NeedMore,

    /// <summary>A whole header.</summary>
    Complete,

    /// <summary>No header, or a broken one.</summary>
    Malformed,
}
