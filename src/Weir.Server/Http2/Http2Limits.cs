namespace Weir.Server.Http2;

/// <summary>
/// What an HTTP/2 connection may hold and how fast its costs are looked at; fixed, because no one who is honest comes near them.
/// </summary>
internal static class Http2Limits
{
    /// <summary>Streams of one connection that may be open, and exchanges that may run for it (SETTINGS_MAX_CONCURRENT_STREAMS).</summary>
    public const int Streams = 128;

    /// <summary>Content of one connection that may be on its way or wait for its readers.</summary>
    public const int ConnectionWindow = 1 << 20;

    /// <summary>Requests in one turn.</summary>
    public const int RequestsPerTurn = 64;

    /// <summary>Between the two steps of GOAWAY, where the client does not answer the PING sooner.</summary>
    public const int DrainMs = 1_000;

    /// <summary>
    /// A field block may be so many times limits.header_size before it is decoded: what is a little too large is answered with 431.
    /// </summary>
    public const int BlockFactor = 2;

    /// <summary>A field list that unfolds to so many times limits.header_size is an attack.</summary>
    public const int BombFactor = 8;
}
