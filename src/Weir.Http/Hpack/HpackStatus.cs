namespace Weir.Http.Hpack;

/// <summary>
/// What came of decoding a block. All but the first are connection errors of type COMPRESSION_ERROR (RFC 9113 section 4.3).
/// </summary>
public enum HpackStatus : byte
{
    /// <summary>The block was decoded whole.</summary>
    Done,

    /// <summary>An index points behind the tables, or is 0 (RFC 7541 sections 2.3.3 and 6.1).</summary>
    BadIndex,

    /// <summary>An integer is larger than any that makes sense, or has too many octets (RFC 7541 section 5.1).</summary>
    BadInteger,

    /// <summary>A compressed string is padded wrongly or holds the end symbol (RFC 7541 section 5.2).</summary>
    BadHuffman,

    /// <summary>The block ends within a field.</summary>
    Truncated,

    /// <summary>
    /// A size update is larger than the settings allow, or does not stand at the block's start (RFC 7541 sections 4.2 and 6.3).
    /// </summary>
    BadSizeUpdate,

    /// <summary>The peer was told of a smaller table and did not confirm it at the block's start (RFC 7541 section 4.2).</summary>
    MissingSizeUpdate,

    /// <summary>A field is larger than the scratch memory.</summary>
    TooLarge,
}
