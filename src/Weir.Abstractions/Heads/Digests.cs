namespace Weir.Abstractions.Heads;

/// <summary>Digests of content (RFC 9530 section 2, RFC 1864).</summary>
public static class Digests
{
    /// <summary>Removes them: other octets are sent than they speak of. They may stand in a head, and behind the content.</summary>
    public static void Forget(HeaderFields fields)
    {
        fields.Remove("Content-Digest"u8);
        fields.Remove("Repr-Digest"u8);
        fields.Remove("Digest"u8);
        fields.Remove("Content-MD5"u8);
    }
}
