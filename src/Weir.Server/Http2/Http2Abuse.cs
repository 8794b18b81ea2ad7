namespace Weir.Server.Http2;

/// <summary>The ways to make a server work for nothing that are counted, each by itself.</summary>
internal enum Http2Abuse
{
    /// <summary>
    /// Requests that the client resets before their answer begins. All that may be open can be reset at once, as by a browser that leaves
    /// a page; the next ones cost the connection, because an origin may have been asked for each.
    /// </summary>
    RapidReset,

    /// <summary>Answers that the client resets once they have begun, as players and readers of long pages do.</summary>
    LateReset,

    /// <summary>Requests that the client makes Weir reset.</summary>
    ProvokedReset,

    /// <summary>Streams above SETTINGS_MAX_CONCURRENT_STREAMS.</summary>
    Streams,

    /// <summary>CONTINUATION frames without end, or a field block that is too large before it is decoded.</summary>
    Continuation,

    /// <summary>Field blocks that unfold to many times their size.</summary>
    HpackBomb,

    /// <summary>SETTINGS frames.</summary>
    Settings,

    /// <summary>PING frames.</summary>
    Ping,

    /// <summary>WINDOW_UPDATE frames.</summary>
    WindowUpdate,

    /// <summary>PRIORITY, PRIORITY_UPDATE and frames of unknown types.</summary>
    Priority,

    /// <summary>DATA frames without octets.</summary>
    EmptyData,

    /// <summary>Windows of a few octets.</summary>
    TinyWindow,
}
