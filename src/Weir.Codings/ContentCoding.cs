namespace Weir.Codings;

/// <summary>A content coding (RFC 9110 section 8.4.1).</summary>
public enum ContentCoding : byte
{
    /// <summary>The content as it is.</summary>
    Identity,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Brotli,

    /// <summary>RFC 8878, with the window of RFC 9659.</summary>
    Zstd,

    /// <summary>RFC 1950: only read, because its name has meant two formats.</summary>
    Deflate,
}
