namespace Weir.Net.Tls;

/// <summary>What the first octets of a connection are.</summary>
public enum ClientHelloStatus : byte
{
    /// <summary>Not enough yet.</summary>
    NeedMore,

    /// <summary>A whole ClientHello.</summary>
    Complete,

    /// <summary>The beginning of a request in plain HTTP.</summary>
    PlainHttp,

    /// <summary>Neither.</summary>
    Malformed,
}
