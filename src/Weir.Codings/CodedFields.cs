using Weir.Abstractions.Heads;

namespace Weir.Codings;

/// <summary>Fields that speak of the octets of content.</summary>
public static class CodedFields
{
    /// <summary>
    /// Removes what is no longer true once other octets are sent: the length, and digests.
    /// </summary>
    public static void Forget(HeaderFields fields)
    {
        fields.Remove(KnownField.ContentLength);
        Digests.Forget(fields);
    }
}
