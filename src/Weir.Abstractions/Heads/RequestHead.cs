using System.Text;

namespace Weir.Abstractions.Heads;

/// <summary>
/// A request's head, of any protocol version. The parts are octets in the arena of <see cref="Fields"/>; text is made only for
/// who asks. <see cref="Path"/> is the one normal form of semantics.md section 1: it is matched, checked, keyed and forwarded.
/// </summary>
public sealed class RequestHead
{
    private ByteSlice _methodToken;
    private ByteSlice _target;
    private ByteSlice _path;
    private ByteSlice _query;
    private ByteSlice _authority;
    private ByteSlice _host;
    private ByteSlice _originAuthority;

    /// <summary>An empty head, with memory for most requests.</summary>
    public RequestHead()
        : this(new HeaderFields())
    {
    }

    private RequestHead(HeaderFields fields) => Fields = fields;

    /// <summary>The header fields.</summary>
    public HeaderFields Fields { get; }

    /// <summary>The method, where it is a known one.</summary>
    public RequestMethod Method { get; private set; }

    /// <summary>The version the client spoke.</summary>
    public HttpVersion Version { get; set; }

    /// <summary>Whether the scheme is https.</summary>
    public bool IsHttps { get; set; }

    /// <summary>Whether there is a query, perhaps an empty one ("?" alone).</summary>
    public bool HasQuery { get; private set; }

    /// <summary>Whether the target is "*" (OPTIONS) .</summary>
    public bool IsAsterisk { get; set; }

    /// <summary>The port of the authority, or 0 when it names none.</summary>
    public int Port { get; set; }

    /// <summary>Whether path or query are no longer what <see cref="Target"/> says.</summary>
    public bool IsTargetChanged { get; private set; }

    /// <summary>The length of the content as framed by the client.</summary>
    public BodyLength BodyLength { get; set; }

    /// <summary>The method as received.</summary>
    public ReadOnlySpan<byte> MethodToken => Fields.Slice(_methodToken);

    /// <summary>The request target as received.</summary>
    public ReadOnlySpan<byte> Target => Fields.Slice(_target);

    /// <summary>The normalised path; begins with "/".</summary>
    public ReadOnlySpan<byte> Path => Fields.Slice(_path);

    /// <summary>
    /// Where the path lies in the arena of <see cref="Fields"/>; what lies there stays as it is until the head is cleared.
    /// </summary>
    public ByteSlice PathSlice => _path;

    /// <summary>The query without "?".</summary>
    public ReadOnlySpan<byte> Query => Fields.Slice(_query);

    /// <summary>host[:port] as the client wrote it, in lower case.</summary>
    public ReadOnlySpan<byte> Authority => Fields.Slice(_authority);

    /// <summary>
    /// host[:port] that the origin is told in Host or :authority: what a module chose, else <see cref="Authority"/>. Sites, cache keys
    /// and X-Forwarded-Host go by the client's own.
    /// </summary>
    public ReadOnlySpan<byte> OriginAuthority => Fields.Slice(_originAuthority.IsEmpty ? _authority : _originAuthority);

    /// <summary>The host alone in lower case: no port, no trailing dot; an IPv6 literal keeps its brackets.</summary>
    public ReadOnlySpan<byte> Host => Fields.Slice(_host);

    /// <summary>The path as text (Latin-1). Allocates.</summary>
    public string PathText => Encoding.Latin1.GetString(Path);

    /// <summary>The query as text (Latin-1). Allocates.</summary>
    public string QueryText => Encoding.Latin1.GetString(Query);

    /// <summary>The host as text. Allocates.</summary>
    public string HostText => Encoding.Latin1.GetString(Host);

    /// <summary>Sets the method from octets that lie in the arena.</summary>
    public void SetMethod(ByteSlice token)
    {
        _methodToken = token;
        Method = RequestMethods.Find(Fields.Slice(token));
    }

    /// <summary>Sets the target as received, from octets that lie in the arena.</summary>
    public void SetTarget(ByteSlice target) => _target = target;

    /// <summary>Sets the path from octets that lie in the arena. The caller vouches that it is normalised.</summary>
    public void SetPath(ByteSlice path) => _path = path;

    /// <summary>Sets the query from octets that lie in the arena; the slice excludes "?".</summary>
    public void SetQuery(ByteSlice query, bool hasQuery)
    {
        _query = query;
        HasQuery = hasQuery;
    }

    /// <summary>Sets authority and host from octets that lie in the arena.</summary>
    public void SetAuthority(ByteSlice authority, ByteSlice host, int port)
    {
        _authority = authority;
        _host = host;
        Port = port;
    }

    /// <summary>Sets what the origin is told as authority, from octets that lie in the arena; empty: the client's own.</summary>
    public void SetOriginAuthority(ByteSlice authority) => _originAuthority = authority;

    /// <summary>Changes the path to octets that lie in the arena. The caller vouches that it is normalised and begins with "/".</summary>
    public void ChangePath(ByteSlice path)
    {
        SetPath(path);
        IsTargetChanged = true;
    }

    /// <summary>Changes or removes the query, to octets that lie in the arena; the slice excludes "?".</summary>
    public void ChangeQuery(ByteSlice query, bool hasQuery)
    {
        SetQuery(query, hasQuery);
        IsTargetChanged = true;
    }

    /// <summary>Replaces the path; copies it. The caller vouches that it is normalised and begins with "/".</summary>
    public void ReplacePath(ReadOnlySpan<byte> path)
    {
        _path = Fields.Store(path);
        IsTargetChanged = true;
    }

    /// <summary>Replaces or removes the query; copies it, without "?".</summary>
    public void ReplaceQuery(ReadOnlySpan<byte> query, bool hasQuery)
    {
        SetQuery(Fields.Store(query), hasQuery);
        IsTargetChanged = true;
    }

    /// <summary>Copies everything into another head that was cleared.</summary>
    public void CopyTo(RequestHead target)
    {
        target.Clear();
        target.SetMethod(target.Fields.Store(MethodToken));
        target._target = target.Fields.Store(Target);
        target._path = target.Fields.Store(Path);
        target._query = target.Fields.Store(Query);
        target._authority = target.Fields.Store(Authority);
        target._host = target.Fields.Store(Host);
        target._originAuthority = target.Fields.Store(Fields.Slice(_originAuthority));
        target.HasQuery = HasQuery;
        target.IsHttps = IsHttps;
        target.IsAsterisk = IsAsterisk;
        target.IsTargetChanged = IsTargetChanged;
        target.Version = Version;
        target.Port = Port;
        target.BodyLength = BodyLength;
        Fields.CopyTo(target.Fields);
    }

    /// <summary>A head of its own with everything of this one, in not much more memory than that needs.</summary>
    public RequestHead Copy()
    {
        int parts = _methodToken.Length + _target.Length + _path.Length + _query.Length
            + _authority.Length + _host.Length + _originAuthority.Length;
        RequestHead copy = new(Fields.MakeRoomForCopy(parts));
        CopyTo(copy);
        return copy;
    }

    /// <summary>Makes it empty for the next request.</summary>
    public void Clear()
    {
        _methodToken = default;
        _target = default;
        _path = default;
        _query = default;
        _authority = default;
        _host = default;
        _originAuthority = default;
        Fields.Clear();
        Method = RequestMethod.Other;
        Version = default;
        IsHttps = false;
        HasQuery = false;
        IsAsterisk = false;
        IsTargetChanged = false;
        Port = 0;
        BodyLength = default;
    }
}
