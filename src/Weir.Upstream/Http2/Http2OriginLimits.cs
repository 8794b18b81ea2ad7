namespace Weir.Upstream.Http2;

/// <summary>
/// What an HTTP/2 connection to an origin may hold, and how its life is watched; fixed, because no honest server comes near it.
/// </summary>
internal static class Http2OriginLimits
{
    /// <summary>Streams on one connection, however many more the server allows: beyond that another connection does better.</summary>
    public const int Streams = 256;

    /// <summary>Of the streams that a connection may have, this share in per cent: then the next connection is made.</summary>
    public const int AheadPercent = 80;

    /// <summary>Connections of one loop to one server.</summary>
    public const int Connections = 512;

    /// <summary>After the next connection could not be made ahead of need, the next try waits so long.</summary>
    public const int AheadPauseMs = 1_000;

    /// <summary>
    /// Content of one connection that may be on its way or wait for its readers. Above half of it, new streams go elsewhere.
    /// </summary>
    public const int ConnectionWindow = 4 << 20;

    /// <summary>After so long without an octet, a connection that is in use, or is about to be, is asked for a sign of life.</summary>
    public const int SilenceMs = 10_000;

    /// <summary>How long it may take to give one.</summary>
    public const int PingMs = 5_000;

    /// <summary>A field block may be so many times the limit of a head before it is decoded.</summary>
    public const int BlockFactor = 2;

    /// <summary>A field list that unfolds to so many times the limit of a head is an attack.</summary>
    public const int BombFactor = 8;

    /// <summary>Where stream numbers end: a connection that comes here takes no new streams (RFC 9113 section 5.1.1).</summary>
    public const int LastStreamId = int.MaxValue - 2;
}
