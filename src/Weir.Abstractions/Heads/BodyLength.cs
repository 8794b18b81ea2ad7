namespace Weir.Abstractions.Heads;

/// <summary>How long a message's content is, whatever the protocol version says it with.</summary>
public readonly record struct BodyLength
{
    private readonly long _value;

    private BodyLength(long value) => _value = value;

    /// <summary>There is no content.</summary>
    public static BodyLength None => new(0);

    /// <summary>Content of a length nobody has announced: chunked in HTTP/1.1, until the end of the stream in HTTP/2.</summary>
    public static BodyLength Unknown => new(-1);

    /// <summary>Content that ends with the connection: only responses from HTTP/1.x origins.</summary>
    public static BodyLength UntilClose => new(-2);

    /// <summary>Content of a known number of octets.</summary>
    public static BodyLength Of(long octets) => new(octets);

    /// <summary>Whether there is no content at all.</summary>
    public bool IsNone => _value == 0;

    /// <summary>Whether the number of octets was announced.</summary>
    public bool IsKnown => _value >= 0;

    /// <summary>Whether the content ends with the connection.</summary>
    public bool IsUntilClose => _value == -2;

    /// <summary>The announced number of octets; -1 or -2 when there is none.</summary>
    public long Octets => _value;
}
