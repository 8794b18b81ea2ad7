namespace Weir.Cache.Purging;

/// <summary>What a purge names. The numbers stand in the log on disk: they keep their meaning.</summary>
public enum PurgeKind : byte
{
    /// <summary>One URL with all its variants.</summary>
    Url = 1,

    /// <summary>Everything of a host, whatever its port.</summary>
    Host = 2,

    /// <summary>Everything of a host and port.</summary>
    Authority = 3,

    /// <summary>Everything whose response bore the tag.</summary>
    Tag = 4,

    /// <summary>The same, of one origin alone: what an origin may say by Cache-Group-Invalidation.</summary>
    OriginTag = 5,

    /// <summary>Everything whose URL begins so.</summary>
    Prefix = 6,

    /// <summary>Everything that meets conditions.</summary>
    Where = 7,

    /// <summary>Everything.</summary>
    All = 8,
}
