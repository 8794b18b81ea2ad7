namespace Weir.Http.Http2;

/// <summary>What a client's connection begins with (RFC 9113 section 3.4). No HTTP/1.x request can look like it.</summary>
public static class Preface
{
    /// <summary>The 24 octets.</summary>
    public static ReadOnlySpan<byte> Octets => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether octets are the beginning of it, or begin with it.</summary>
    public static bool MayBe(ReadOnlySpan<byte> received)
    {
        int count = Math.Min(received.Length, Octets.Length);
        return received[..count].SequenceEqual(Octets[..count]);
    }
}
