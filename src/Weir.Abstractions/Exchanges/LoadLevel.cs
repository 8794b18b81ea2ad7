namespace Weir.Abstractions.Exchanges;

/// <summary>What is turned away because the process has too much to do; each level includes those before it.</summary>
public enum LoadLevel
{
    /// <summary>Nothing.</summary>
    Normal,

    /// <summary>New connections from the ranges of addresses that open and hold most of them.</summary>
    HeavyClients,

    /// <summary>Requests of routes and sites whose priority is low.</summary>
    LowPriority,
}
