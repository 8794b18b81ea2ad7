namespace Weir.Http.Hpack;

/// <summary>The pseudo-header fields (RFC 9113 section 8.3, RFC 8441 section 4).</summary>
public enum PseudoField : byte
{
    /// <summary>An ordinary field.</summary>
    None,

    /// <summary>":method".</summary>
    Method,

    /// <summary>":scheme".</summary>
    Scheme,

    /// <summary>":authority".</summary>
    Authority,

    /// <summary>":path".</summary>
    Path,

    /// <summary>":protocol", of an extended CONNECT.</summary>
    Protocol,

    /// <summary>":status".</summary>
    Status,

    /// <summary>A name that begins with a colon and is none of these.</summary>
    Unknown,
}
