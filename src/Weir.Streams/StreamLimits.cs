namespace Weir.Streams;

/// <summary>What streams of either role may hold; fixed, because no one who is honest comes near them.</summary>
public static class StreamLimits
{
    /// <summary>The window of a new stream; it grows while its reader keeps up.</summary>
    public const int StreamWindow = 65_535;

    /// <summary>What a stream's window grows to.</summary>
    public const int LargestStreamWindow = 1 << 20;

    /// <summary>Of the output buffer: kept free for frames that answer frames. Without so much room nothing is read.</summary>
    public const int ControlReserve = 512;

    /// <summary>Of input, or of output, in one turn.</summary>
    public const int OctetsPerTurn = 256 * 1024;

    /// <summary>How often connections with something to wait for are looked at.</summary>
    public const int TickMs = 500;

    /// <summary>DATA of fewer octets, because the peer opens no more, is a waste of frames.</summary>
    public const int TinyOctets = 64;
}
