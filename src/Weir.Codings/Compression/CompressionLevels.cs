namespace Weir.Codings.Compression;

/// <summary>What a coding's level may be, and what an encoder of it holds.</summary>
public static class CompressionLevels
{
    /// <summary>
    /// The windows of br and zstd, as a power of two: 512 KiB. Larger ones help large content a little and cost every encoder much.
    /// </summary>
    internal const int WindowBits = 19;

    private const int Mebibyte = 1024 * 1024;

    /// <summary>The lowest and the highest level.</summary>
    public static (int Lowest, int Highest) Of(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => (1, 9),
        ContentCoding.Brotli => (0, 11),
        ContentCoding.Zstd => (1, 19),
        _ => (0, 0),
    };

    /// <summary>About how many octets an encoder holds while it lives, native memory included.</summary>
    public static int EncoderOctets(ContentCoding coding, int level) => coding switch
    {
        ContentCoding.Gzip => 300 * 1024,
        ContentCoding.Brotli => level < 5 ? 2 * Mebibyte : 6 * Mebibyte,
        ContentCoding.Zstd => level < 7 ? 2 * Mebibyte : 6 * Mebibyte,
        _ => 0,
    };
}
