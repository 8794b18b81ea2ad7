namespace Weir.Http.Fields;

/// <summary>The types of a bare item (RFC 9651 section 3.3).</summary>
public enum StructuredKind : byte
{
    /// <summary>A whole number of up to 15 digits.</summary>
    Integer,

    /// <summary>A number with up to 12 digits before and 3 behind the point.</summary>
    Decimal,

    /// <summary>Printable ASCII in quotation marks.</summary>
    String,

    /// <summary>A short textual word.</summary>
    Token,

    /// <summary>Any octets, in base64.</summary>
    Bytes,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    Date,

    /// <summary>Unicode text, percent-encoded.</summary>
    DisplayString,
}
