namespace Weir.Http.Http2;

/// <summary>The flags of frames; what a flag means depends on the type.</summary>
public static class FrameFlags
{
    /// <summary>Of SETTINGS and PING: the answer to the peer's.</summary>
    public const byte Ack = 1;

    /// <summary>Of DATA and HEADERS: the sender's side of the stream ends.</summary>
    public const byte EndStream = 1;

    /// <summary>Of HEADERS and CONTINUATION: the field block ends.</summary>
    public const byte EndHeaders = 4;

    /// <summary>Of DATA and HEADERS: padding follows.</summary>
    public const byte Padded = 8;

    /// <summary>Of HEADERS: five octets of the abandoned priority tree precede the block.</summary>
    public const byte Priority = 32;
}
