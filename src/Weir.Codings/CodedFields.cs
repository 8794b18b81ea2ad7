using Weir.Abstractions.Heads;

namespace Weir.Codings;

/// <summary>Fields that speak of the octets of content.</summary>
public static class CodedFields
{
    /// <summary>
    /// Removes what is no longer true once other octets are sent: the length, and digests (RFC 9530 section 2, RFC 1864).
    /// </summary>
    public static void Forget(HeaderFields fields)
    {
        fields.Remove(KnownField.ContentLength);
        fields.Remove("Content-Digest"u8);
        fields.Remove("Repr-Digest"u8);
        fields.Remove("Digest"u8);
        fields.Remove("Content-MD5"u8);
    }
}
