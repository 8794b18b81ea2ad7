namespace Weir.Pipeline.Balancing;

/// <summary>What of a request is hashed.</summary>
public enum HashKeyKind : byte
{
    /// <summary>The client's address.</summary>
    ClientIp,

    /// <summary>Path and query.</summary>
    Uri,

    /// <summary>The first field of a name.</summary>
    Header,

    /// <summary>The first cookie of a name.</summary>
    Cookie,
}
