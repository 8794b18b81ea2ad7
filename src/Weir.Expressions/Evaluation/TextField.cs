namespace Weir.Expressions.Evaluation;

/// <summary>A field that is a text.</summary>
internal enum TextField : byte
{
    Method,
    Scheme,
    Host,
    Path,
    Query,
    Target,
    Version,
    TlsVersion,
    TlsCipher,
    TlsServerName,
    TlsProtocol,
    TlsClientSubject,
    TlsClientFingerprint,
    TlsJa4,
    Site,
    Route,
    Upstream,
}
