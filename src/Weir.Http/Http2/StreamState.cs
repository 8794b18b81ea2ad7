namespace Weir.Http.Http2;

/// <summary>The states of RFC 9113 section 5.1 that a server's streams can be in.</summary>
public enum StreamState : byte
{
    /// <summary>Nothing was sent on it.</summary>
    Idle,

    /// <summary>Both sides may send.</summary>
    Open,

    /// <summary>The peer has ended its side.</summary>
    HalfClosedRemote,

    /// <summary>This side has ended its own.</summary>
    HalfClosedLocal,

    /// <summary>Both sides have ended.</summary>
    ClosedByEnd,

    /// <summary>The peer has reset it.</summary>
    ClosedByPeer,

    /// <summary>This side has reset it: what the peer sent before it could know is dropped.</summary>
    ClosedByReset,

    /// <summary>It was never opened, and a stream with a higher number was: RFC 9113 section 5.1.1.</summary>
    Skipped,
}
