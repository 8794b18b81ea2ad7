namespace Weir.Pipeline.ErrorPages;

/// <summary>The media types of error pages, in the order that decides where a client likes several the same.</summary>
public enum ErrorPageForm : byte
{
    /// <summary>text/html.</summary>
    Html,

    /// <summary>application/json, or application/problem+json for who names it (RFC 9457).</summary>
    Json,

    /// <summary>text/plain.</summary>
    Text,
}
