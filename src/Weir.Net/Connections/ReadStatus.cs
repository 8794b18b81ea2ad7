namespace Weir.Net.Connections;

/// <summary>What a read brought.</summary>
public enum ReadStatus : byte
{
    /// <summary>Only inside: nothing yet.</summary>
    Pending,

    /// <summary>There are more octets in <see cref="Connection.Received"/> than before.</summary>
    Data,

    /// <summary>The peer will send no more. What was received before may still be there.</summary>
    End,

    /// <summary>The connection was reset, or failed.</summary>
    Reset,

    /// <summary>Nothing came within the time.</summary>
    TimedOut,

    /// <summary>Weir itself gave the connection up (<see cref="Connection.Abort"/>).</summary>
    Aborted,

    /// <summary>The largest buffer is full and nobody consumed anything.</summary>
    Full,
}
