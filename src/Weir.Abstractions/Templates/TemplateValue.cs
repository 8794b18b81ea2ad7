namespace Weir.Abstractions.Templates;

/// <summary>What a part of a template stands for. The names are in <see cref="TemplateNames"/>.</summary>
public enum TemplateValue : byte
{
    /// <summary>The template's own text.</summary>
    Literal,
    Method,
    Scheme,
    Host,
    Port,
    Authority,
    Path,
    PathRest,
    PathCapture,
    Query,

    /// <summary>"?" and the query, or nothing.</summary>
    QueryWithMark,

    /// <summary>"&amp;" and the query, or nothing.</summary>
    QueryWithAnd,
    Header,
    Cookie,
    ClientIp,
    ClientPort,
    RequestId,
    Site,
    Route,
    Upstream,
    Status,
    UnixMs,
    TlsVersion,
    TlsCipher,
    TlsServerName,
    TlsProtocol,
    TlsResumed,
    TlsClientSubject,
    TlsClientFingerprint,
}
