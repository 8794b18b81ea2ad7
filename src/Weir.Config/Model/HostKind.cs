namespace Weir.Config.Model;

/// <summary>How a host pattern matches.</summary>
public enum HostKind
{
    /// <summary>This name or address.</summary>
    Exact,

    /// <summary>Every name with at least one label more: `*.example.com`.</summary>
    Wildcard,

    /// <summary>Every host: `*`.</summary>
    Any,
}
