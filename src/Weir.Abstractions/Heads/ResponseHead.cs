namespace Weir.Abstractions.Heads;

/// <summary>A response's head, of any protocol version. Reason phrases are not kept: they mean nothing (RFC 9112 section 4).</summary>
public sealed class ResponseHead
{
    /// <summary>An empty head.</summary>
    public ResponseHead()
        : this(new HeaderFields())
    {
    }

    private ResponseHead(HeaderFields fields) => Fields = fields;

    /// <summary>The header fields.</summary>
    public HeaderFields Fields { get; }

    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; set; }

    /// <summary>The version the origin spoke; HTTP/1.1 for what Weir makes itself.</summary>
    public HttpVersion Version { get; set; } = HttpVersion.Http11;

    /// <summary>The length of the content.</summary>
    public BodyLength BodyLength { get; set; }

    /// <summary>Whether it is a 1xx response.</summary>
    public bool IsInterim => Status < 200;

    /// <summary>A head of its own with all that is in this one, in not much more memory than that needs.</summary>
    public ResponseHead Copy() => new(Fields.Copy()) { Status = Status, Version = Version, BodyLength = BodyLength };

    /// <summary>Makes it empty for the next response.</summary>
    public void Clear()
    {
        Fields.Clear();
        Status = 0;
        Version = HttpVersion.Http11;
        BodyLength = default;
    }
}
