namespace Weir.Config.Model;

/// <summary>Which form of the path is forwarded.</summary>
public enum PathMode
{
    /// <summary>Unreserved escapes decoded, dot segments removed.</summary>
    Normal,

    /// <summary>The client's octets; the checks stay.</summary>
    Raw,
}
