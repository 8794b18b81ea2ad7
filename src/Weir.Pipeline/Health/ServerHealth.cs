namespace Weir.Pipeline.Health;

/// <summary>How a server is, as status pages say it.</summary>
public enum ServerHealth : byte
{
    /// <summary>It is checked, and no check has said anything yet: it is used.</summary>
    Unknown,

    /// <summary>Nothing speaks against it.</summary>
    Healthy,

    /// <summary>Clients' requests failed: it is set aside for a while.</summary>
    Ejected,

    /// <summary>Checks fail.</summary>
    Failing,

    /// <summary>Its name has no address.</summary>
    Unresolved,
}
