namespace Weir.Config.Model;

/// <summary>A coding for request bodies.</summary>
public enum RequestCompression
{
    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Br,

    /// <summary>RFC 8878.</summary>
    Zstd,
}
