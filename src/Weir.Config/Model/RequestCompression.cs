namespace Weir.Config.Model;

/// <summary>A coding for request bodies.</summary>
public enum RequestCompression
{
    /// <summary>RFC 1952.</summary>
    Gzip,
}
