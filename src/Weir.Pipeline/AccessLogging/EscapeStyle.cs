namespace Weir.Pipeline.AccessLogging;

/// <summary>How octets that could end a value or a line are written.</summary>
internal enum EscapeStyle : byte
{
    /// <summary>As in JSON strings; what is not UTF-8 becomes U+FFFD.</summary>
    Json,

    /// <summary>Quotes, backslashes and everything but printable ASCII as \xNN.</summary>
    Hex,
}
