namespace Weir.Http.WebSockets;

/// <summary>The frame that ends a WebSocket (RFC 6455 section 5.5.1), with a status and no reason.</summary>
public static class CloseFrame
{
    /// <summary>RFC 6455 section 7.4.1: the endpoint is going away, such as a server going down.</summary>
    public const int GoingAway = 1001;

    /// <summary>Room for a frame, masked or not.</summary>
    public const int MaxOctets = 8;

    private const byte FinAndClose = 0x88;

    /// <summary>A server's frame: not masked. Returns its length.</summary>
    public static int Write(Span<byte> target, int status)
    {
        target[0] = FinAndClose;
        target[1] = 2;
        target[2] = (byte)(status >> 8);
        target[3] = (byte)status;
        return 4;
    }

    /// <summary>A client's frame. RFC 6455 section 5.3: the mask is to be unpredictable. Returns its length.</summary>
    public static int WriteMasked(Span<byte> target, int status, uint mask)
    {
        target[0] = FinAndClose;
        target[1] = 0x80 | 2;
        target[2] = (byte)(mask >> 24);
        target[3] = (byte)(mask >> 16);
        target[4] = (byte)(mask >> 8);
        target[5] = (byte)mask;
        target[6] = (byte)((status >> 8) ^ target[2]);
        target[7] = (byte)(status ^ target[3]);
        return MaxOctets;
    }
}
