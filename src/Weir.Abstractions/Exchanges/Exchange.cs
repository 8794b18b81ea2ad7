// Hot: one for each exchange in flight, reused.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Tracing;

namespace Weir.Abstractions.Exchanges;

/// <summary>
/// One request and its response, from first byte to log line. It belongs to one loop and is used on that loop only. It is reused for
/// the next exchange once this one is over: nothing may refer to it afterwards.
/// </summary>
public sealed class Exchange
{
    private const int RequestIdOctets = 64;

    // Pinned, so that an error page can lend it to a socket.
    private readonly byte[] _requestId = GC.AllocateUninitializedArray<byte>(RequestIdOctets, pinned: true);
    // What every 100 of Weir's own looks like: only read, by all loops.
    private static readonly ResponseHead _continue = new() { Status = 100 };

    private int _requestIdLength;
    private BufferedBody? _buffered;
    private HeaderFields? _errorFields;
    private IFetcher? _fetcher;
    private object?[] _slots = [];
    private List<IDisposable>? _releasedAtEnd;
    private ByteSlice _routedPath;
    private int _routePrefixLength;

    /// <summary>The request, as the modules so far have left it.</summary>
    public RequestHead Request { get; } = new();

    /// <summary>The final response, once it is known.</summary>
    public ResponseHead Response { get; } = new();

    /// <summary>The request's content. A module may put another reader in its place.</summary>
    public BodyReader RequestBody { get; set; } = BodyReader.Empty;

    /// <summary>The response's content, once the head is known. A module may put another reader in its place.</summary>
    public BodyReader ResponseBody { get; set; } = BodyReader.Empty;

    /// <summary>Where the response goes.</summary>
    public ClientStream Client { get; private set; } = null!;

    /// <summary>The client's connection.</summary>
    public ConnectionInfo Connection { get; private set; } = null!;

    /// <summary>The loop that owns the exchange.</summary>
    public LoopServices Loop { get; private set; } = null!;

    /// <summary>Starts exchanges without a client; null where no pipeline runs.</summary>
    public IFetcher? Fetcher
    {
        // The pipeline's own state is one, so that an exchange that fetches nothing pays nothing.
        get => _fetcher ?? PipelineState as IFetcher;
        set => _fetcher = value;
    }

    /// <summary>The client's address: the connection's, or what a trusted proxy in front says.</summary>
    public IpAddress ClientAddress { get; set; }

    /// <summary>What each step read, decided and changed; null when nobody asked.</summary>
    public Trace? Trace { get; set; }

    /// <summary>Whether this only asks what would happen: a module decides, but neither counts, sends, stores nor waits.</summary>
    public bool IsHypothetical { get; set; }

    /// <summary>Why Weir itself made the response; null for an origin's or a module's.</summary>
    public ProxyError? Error { get; set; }

    /// <summary>
    /// What exactly was wrong, where the error alone does not say it (a codec's reject reason). For logs, never for clients.
    /// </summary>
    public string? ErrorDetail { get; set; }

    /// <summary>
    /// When the client may come again, in seconds, where <see cref="Error"/> is set: Retry-After. 0: what the error says itself.
    /// </summary>
    public int RetryAfterSeconds { get; set; }

    /// <summary>The status of the answer in place of the one that <see cref="Error"/> has; 0: the error's own.</summary>
    public int ErrorStatus { get; set; }

    /// <summary>
    /// Fields that the answer carries where <see cref="Error"/> is set, beside those of its page. Made when first asked for.
    /// </summary>
    public HeaderFields ErrorFields => _errorFields ??= new HeaderFields();

    /// <summary>Whether <see cref="ErrorFields"/> holds any.</summary>
    public bool HasErrorFields => _errorFields is { Count: > 0 };

    /// <summary>Who ended the exchange; <see cref="Fault.None"/> when it completed.</summary>
    public Fault EndedBy { get; set; }

    /// <summary>How far it came.</summary>
    public Phase Phase { get; set; }

    /// <summary>The site's key in the configuration.</summary>
    public string? SiteName { get; set; }

    /// <summary>The route's description: its path pattern, or its number.</summary>
    public string? RouteName { get; set; }

    /// <summary>
    /// Octets of the path in front of what the "*" of a prefix route matched, without the slash between them: 4 for "/old/*", 0 for
    /// "/*". Routing sets it, and by that fixes the path that <see cref="RouteRest"/> and <see cref="RouteCapture"/> speak of: they do
    /// not change when a module rewrites the path afterwards.
    /// </summary>
    public int RoutePrefixLength
    {
        get => _routePrefixLength;
        set
        {
            _routePrefixLength = value;
            _routedPath = Request.PathSlice;
        }
    }

    /// <summary>
    /// Where the groups of a route's regular expression matched, as places in the path. Routing sets it with <see
    /// cref="RoutePrefixLength"/>.
    /// </summary>
    public RouteCaptures RouteCaptures { get; } = new();

    /// <summary>
    /// What the "*" of a prefix route matched, without the slash in front; before routing the whole path without its first slash.
    /// </summary>
    public ReadOnlySpan<byte> RouteRest
    {
        get
        {
            ReadOnlySpan<byte> path = RoutedPath;
            ReadOnlySpan<byte> rest = path[Math.Min(_routePrefixLength, path.Length)..];
            return rest.StartsWith("/"u8) ? rest[1..] : rest;
        }
    }

    /// <summary>The upstream's name.</summary>
    public string? UpstreamName { get; set; }

    /// <summary>The name of the server that answered, or was tried last.</summary>
    public string? ServerName { get; set; }

    /// <summary>The name of the module that answered; null when none did.</summary>
    public string? AnsweredBy { get; set; }

    /// <summary>What rules have said of the exchange: bits that <see cref="ExchangeTags"/> names.</summary>
    public ulong Tags { get; set; }

    /// <summary>The work that the client has proved to a module above, which has taken the proof out of the request.</summary>
    public ProvenWork ProvenWork { get; set; }

    /// <summary>The claims of a token that a module verified; null: none did.</summary>
    public ExchangeClaims? Claims { get; set; }

    /// <summary>How often the request was sent again.</summary>
    public int Retries { get; set; }

    /// <summary>Whether a second server was asked beside a slow one.</summary>
    public bool IsHedged { get; set; }

    /// <summary>Whether the origin's connection had served before.</summary>
    public bool IsOriginReused { get; set; }

    /// <summary>Octets of the request's content that were received.</summary>
    public long ReceivedOctets { get; set; }

    /// <summary>Octets of the response's content that were given to the client.</summary>
    public long SentBodyOctets { get; set; }

    /// <summary>Whether the client's connection can serve another request afterwards; any step may forbid it.</summary>
    public bool MustClose { get; set; }

    /// <summary>
    /// What the pipeline keeps with this object: its own state for the exchange, reused with it and reset by its owner. Not for modules.
    /// </summary>
    public object? PipelineState { get; set; }

    /// <summary>When the phases began.</summary>
    public ExchangeTimings Timings;

    /// <summary>The request id that origin, log and client see (X-Request-Id).</summary>
    public ReadOnlySpan<byte> RequestId => _requestId.AsSpan(0, _requestIdLength);

    /// <summary>The request id as octets that do not move, for bodies that hold it; valid until the exchange is over.</summary>
    public NativeSlice RequestIdSlice => new(Marshal.UnsafeAddrOfPinnedArrayElement(_requestId, 0), _requestIdLength);

    private ReadOnlySpan<byte> RoutedPath => _routedPath.IsEmpty ? Request.Path : Request.Fields.Slice(_routedPath);

    /// <summary>Begins a new exchange: called by the server part.</summary>
    public void Begin(ConnectionInfo connection, ClientStream client, LoopServices loop)
    {
        Connection = connection;
        Client = client;
        Loop = loop;
        ClientAddress = connection.Remote;
    }

    /// <summary>Sets the request id; what does not fit is cut.</summary>
    public void SetRequestId(ReadOnlySpan<byte> id)
    {
        _requestIdLength = Math.Min(id.Length, RequestIdOctets);
        id[.._requestIdLength].CopyTo(_requestId);
    }

    /// <summary>What a group of the route's regular expression matched, from 1; empty when it matched nothing or there is none.</summary>
    public ReadOnlySpan<byte> RouteCapture(int group)
    {
        ByteSlice place = RouteCaptures[group];
        ReadOnlySpan<byte> path = RoutedPath;
        return place.Offset + place.Length <= path.Length ? path.Slice(place.Offset, place.Length) : default;
    }

    /// <summary>
    /// The object that a module keeps for this exchange; the index comes from <see cref="Modules.ModuleBuilder.ReserveSlot"/>.
    /// </summary>
    public ref object? Slot(int index)
    {
        if (index >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(index + 1, 8));
        }

        return ref _slots[index];
    }

    /// <summary>
    /// Answers the request: sets status, content type and body of an empty response. Return <see cref="Modules.Verdict.Answered"/>
    /// behind it.
    /// Further fields can be added to <see cref="Response"/>.
    /// </summary>
    public void Answer(int status, ReadOnlySpan<byte> contentType = default, PinnedBody? body = null)
    {
        Response.Clear();
        Response.Status = status;
        ResponseBody = BodyReader.Empty;
        Response.BodyLength = BodyLength.None;
        if (!contentType.IsEmpty)
        {
            Response.Fields.Add(KnownField.ContentType, contentType);
        }

        if (body is { Length: > 0 })
        {
            ResponseBody = body.Open();
            Response.BodyLength = BodyLength.Of(body.Length);
        }
    }

    /// <summary>
    /// Reads the request's content whole, if it is not more than the limit. It waits for the client, within limits.body_min_rate and
    /// limits.idle_timeout; a client that waits for a 100 gets it from here, and the origin is not asked to send one. What was read still
    /// reaches the origin, and again at a retry. In a hypothetical exchange nothing is read: only an announced length is judged.
    /// </summary>
    /// <param name="limitOctets">The most that is kept, in memory that counts against limits.memory.</param>
    public ValueTask<BufferedRequest> BufferRequestAsync(long limitOctets)
    {
        BodyLength length = RequestBody.Length;
        if (length.IsKnown && length.Octets > limitOctets)
        {
            return new(BufferedRequest.TooLarge);
        }

        return length.IsNone || IsHypothetical ? new(BufferedRequest.Empty) : FillAsync(limitOctets);
    }

    /// <summary>
    /// Sends the client the 100 it waits for (RFC 9110 section 10.1.1) and takes its Expect out of the request. Null: it is on its way, or
    /// the client waits for none.
    /// </summary>
    public ValueTask<ProxyError?> SendContinueAsync()
    {
        if (!Request.Fields.Has(KnownField.Expect))
        {
            return default;
        }

        Request.Fields.Remove(KnownField.Expect);
        return Client.AcceptsInterim ? Client.SendInterimAsync(_continue) : default;
    }

    /// <summary>Takes charge of something that holds memory: it is disposed when the exchange is over, however it ends.</summary>
    public void ReleaseAtEnd(IDisposable held) => (_releasedAtEnd ??= []).Add(held);

    /// <summary>
    /// Makes it ready for the next exchange. Every field and property of state, in declaration order; <see cref="PipelineState"/> is its
    /// owner's to reset.
    /// </summary>
    public void Reset()
    {
        _requestIdLength = 0;
        ReleaseHeld();
        _errorFields?.Clear();
        Array.Clear(_slots);
        _routedPath = default;
        _routePrefixLength = 0;
        Request.Clear();
        Response.Clear();
        RequestBody = BodyReader.Empty;
        ResponseBody = BodyReader.Empty;
        Client = null!;
        Connection = null!;
        Loop = null!;
        _fetcher = null;
        ClientAddress = default;
        Trace = null;
        IsHypothetical = false;
        Error = null;
        ErrorDetail = null;
        RetryAfterSeconds = 0;
        ErrorStatus = 0;
        EndedBy = Fault.None;
        Phase = Phase.Head;
        SiteName = null;
        RouteName = null;
        RouteCaptures.Clear();
        UpstreamName = null;
        ServerName = null;
        AnsweredBy = null;
        Tags = 0;
        ProvenWork = default;
        Claims = null;
        Retries = 0;
        IsHedged = false;
        IsOriginReused = false;
        ReceivedOctets = 0;
        SentBodyOctets = 0;
        MustClose = false;
        Timings = default;
    }

    /// <summary>
    /// Gives back what was taken charge of for the exchange, which is over. Its heads can still be read. Harmless when repeated.
    /// </summary>
    public void ReleaseHeld()
    {
        _buffered?.Release();
        _buffered = null;
        if (_releasedAtEnd is not { Count: > 0 } all)
        {
            return;
        }

        foreach (IDisposable held in all)
        {
            held.Dispose();
        }

        all.Clear();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BufferedRequest> FillAsync(long limitOctets)
    {
        BufferedBody body = RequestBody as BufferedBody ?? new BufferedBody(RequestBody, Loop, _buffered);
        _buffered = body;
        RequestBody = body;
        await body.FillAsync(limitOctets, Request.Fields.Has(KnownField.Expect) ? this : null);

        // The content is here, or on its way: an origin that asked for it would be heard by nobody.
        Request.Fields.Remove(KnownField.Expect);
        return BufferedRequest.Of(body, limitOctets);
    }
}
