namespace Weir.Http.Hpack;

/// <summary>What makes a field unfit for HTTP/2, or for an HTTP/1.1 message behind it.</summary>
[Flags]
public enum FieldFaults : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The name is empty, holds an upper-case letter, or is no token.</summary>
    BadName = 1,

    /// <summary>The value holds a control octet, or begins or ends with white space.</summary>
    BadValue = 2,

    /// <summary>The field speaks of a connection (RFC 9113 section 8.2.2).</summary>
    ConnectionSpecific = 4,

    /// <summary>The name would be a known one if "_" were read as "-": it is left out, as in HTTP/1.1.</summary>
    Imitates = 8,

    /// <summary>Any that makes the message malformed.</summary>
    Malformed = BadName | BadValue | ConnectionSpecific,
}
