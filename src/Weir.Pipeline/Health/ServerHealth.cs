namespace Weir.Pipeline.Health;

/// <summary>How a server is, as status pages say it.</summary>
public enum ServerHealth : byte
{
    /// <summary>Nothing speaks against it, and nothing was asked yet.</summary>
    Unknown,

    /// <summary>It answers checks, or clients' requests.</summary>
    Healthy,

    /// <summary>Clients' requests failed: it is set aside for a while.</summary>
    Ejected,

    /// <summary>Checks fail.</summary>
    Failing,

    /// <summary>Its name has no address.</summary>
    Unresolved,
}
