namespace Weir.Http.Http1;

/// <summary>What one step of a <see cref="ChunkedDecoder"/> found.</summary>
public enum ChunkStatus : byte
{
    /// <summary>No content in the input; what was consumed is done with, more octets are needed.</summary>
    NeedMore,

    /// <summary>A slice of content.</summary>
    Data,

    /// <summary>The last chunk and the trailer section were read: the message is complete.</summary>
    End,

    /// <summary>The framing is broken: the connection must be closed.</summary>
    Rejected,
}
