namespace Weir.Config.Model;

/// <summary>The PROXY header sent to an origin.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>None.</summary>
    Off,

    /// <summary>The line of text.</summary>
    V1,

    /// <summary>The binary header.</summary>
    V2,
}
