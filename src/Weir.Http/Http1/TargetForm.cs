namespace Weir.Http.Http1;

/// <summary>The four forms of a request target (RFC 9112 section 3.2).</summary>
public enum TargetForm : byte
{
    /// <summary>"/path?query".</summary>
    Origin,

    /// <summary>"http://host/path?query".</summary>
    Absolute,

    /// <summary>"host:port", for CONNECT.</summary>
    Authority,

    /// <summary>"*", for OPTIONS.</summary>
    Asterisk,
}
