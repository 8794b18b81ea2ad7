namespace Weir.Net.Connections;

/// <summary>What became of a write.</summary>
public enum WriteStatus : byte
{
    /// <summary>Only inside: not all is sent yet.</summary>
    Pending,

    /// <summary>The kernel has taken everything.</summary>
    Done,

    /// <summary>The connection was reset, or failed.</summary>
    Reset,

    /// <summary>The peer took no octet within the time.</summary>
    TimedOut,

    /// <summary>Weir itself gave the connection up (<see cref="Connection.Abort"/>).</summary>
    Aborted,

    /// <summary>There is no memory for the output (limits.memory).</summary>
    NoMemory,
}
