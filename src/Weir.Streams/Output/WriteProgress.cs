namespace Weir.Streams.Output;

/// <summary>How far a stream came with what it has to send.</summary>
public enum WriteProgress
{
    /// <summary>All of it is in the output.</summary>
    Done,

    /// <summary>One frame is; it is the turn of others of the same urgency.</summary>
    Shared,

    /// <summary>The stream's own window is closed.</summary>
    NoWindow,

    /// <summary>The connection's window is closed.</summary>
    NoConnectionWindow,

    /// <summary>The output is full until it is flushed.</summary>
    NoRoom,

    /// <summary>There is no memory for the output.</summary>
    NoMemory,

    /// <summary>The stream is over before its time, or can no longer be opened.</summary>
    Gone,
}
