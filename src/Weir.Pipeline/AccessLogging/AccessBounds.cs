namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// The most octets that a value may take in a line after escaping; what is longer is cut. Together with names and numbers (less than 900
/// octets) they stay below the 8 KiB of a line.
/// </summary>
internal static class AccessBounds
{
    internal const int RequestId = 256;
    internal const int Method = 64;
    internal const int Host = 320;
    internal const int Path = 2048;
    internal const int Query = 1024;
    internal const int UserAgent = 768;
    internal const int Referer = 512;
    internal const int Site = 256;
    internal const int Route = 256;
    internal const int Upstream = 128;
    internal const int Server = 256;
    internal const int Module = 64;
    internal const int Subject = 192;
    internal const int Error = 64;
    internal const int ErrorDetail = 512;

    /// <summary>A field named in a template.</summary>
    internal const int Field = 1024;
}
