namespace Weir.Config.Model;

/// <summary>An HTTP version that a listener speaks.</summary>
public enum ListenerProtocol
{
    /// <summary>HTTP/1.1 and 1.0.</summary>
    H1,

    /// <summary>HTTP/2.</summary>
    H2,
}
