using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Net.Connections;

namespace Weir.Upstream;

/// <summary>
/// One exchange's hold on an origin: an HTTP/1.1 connection's turn, or an HTTP/2 stream. It has one owner, who ends it with
/// <see cref="Release"/>, exactly once, whatever happened.
/// </summary>
/// <remarks>
/// A call with content and trailers, such as a health check of gRPC: take a pool of its own whose server speaks HTTP/2, await
/// <c>ConnectAsync</c>; <see cref="SendHeadAsync"/> with the length of the content (the head of a POST to /grpc.health.v1.Health/Check with
/// "content-type: application/grpc", and <see cref="OriginRequestOptions.SendTeTrailers"/>; with <see cref="OriginRequestOptions.Close"/>
/// the connection ends behind it), then <see cref="FinishBodyAsync"/> with the five octets of an empty message; read heads until one is
/// final (<see cref="TryReadHead"/>, <see cref="WaitAsync"/>): where it ends the stream, grpc-status stands in it. Else read
/// <see cref="ResponseBody"/> to its end; then its <see cref="BodyReader.Trailers"/> hold grpc-status. <see cref="Release"/>, always.
/// </remarks>
public abstract class OriginStream : IAbortable
{
    /// <summary>
    /// Interim responses that may come before a final one: no protocol needs more, and an origin must not keep an exchange for ever.
    /// </summary>
    public const int MaxInterims = 64;

    /// <summary>Whether its connection has served before: then a close before the first octet may only mean that it was too old.</summary>
    public abstract bool IsReused { get; }

    /// <summary>Whether an octet of this exchange's response was received.</summary>
    public abstract bool HasReceived { get; }

    /// <summary>Whether an octet of this exchange's request was given to the network.</summary>
    public abstract bool HasSent { get; }

    /// <summary>Whether the peer is known to speak HTTP/1.0: it gets no Expect, no chunks and no interim responses come from it.</summary>
    public abstract bool IsHttp10 { get; }

    /// <summary>Whether the server can say that it has not processed a request: then one of any method may be sent again.</summary>
    public virtual bool CanRefuse => false;

    /// <summary>What exactly was wrong with a head or content that was refused; for logs.</summary>
    public abstract string? RejectDetail { get; }

    /// <summary>The response's content, once its head was read.</summary>
    public abstract BodyReader ResponseBody { get; }

    /// <summary>
    /// Sends the request's head and, in the same system call where they fit, the first octets of its content.
    /// </summary>
    /// <param name="head">The head, with all hop-by-hop and identity fields settled.</param>
    /// <param name="options">How the content is framed.</param>
    public abstract ValueTask<ProxyError?> SendHeadAsync(RequestHead head, in OriginRequestOptions options);

    /// <summary>Puts a PROXY header before everything else; the connection then belongs to this client and is not pooled.</summary>
    public abstract void WriteProxyHeader(ConnectionInfo connection, IpAddress client, int version);

    /// <summary>The same for a request of Weir's own: LOCAL in version 2, UNKNOWN in version 1.</summary>
    public abstract void WriteOwnProxyHeader(int version);

    /// <summary>Sends octets of the content; lent until the task completes.</summary>
    public abstract ValueTask<ProxyError?> WriteBodyAsync(NativeSlice octets);

    /// <summary>Ends the content.</summary>
    public abstract ValueTask<ProxyError?> FinishBodyAsync(NativeSlice last, HeaderFields? trailers);

    /// <summary>Reads a head from what is there. False: more is needed, await <see cref="WaitAsync"/>.</summary>
    public abstract bool TryReadHead(ResponseHead head, out ProxyError? error);

    /// <summary>Waits for more of the response. What came of it, <see cref="ErrorOf"/> tells: no frame is made on the way.</summary>
    public abstract ValueTask<ReadStatus> WaitAsync(int timeoutMs);

    /// <summary>What the outcome of a wait means; null: there is more to read.</summary>
    public abstract ProxyError? ErrorOf(ReadStatus status);

    /// <summary>
    /// Ends a <see cref="WaitAsync"/> as if its time were over, in a turn of its own; harmless when nobody waits. The stream stays usable.
    /// </summary>
    public abstract void StopWaiting();

    /// <summary>After a 101: the connection in both directions.</summary>
    public abstract ITunnelEnd OpenTunnel();

    /// <summary>Ends everything that waits on this stream with the reason; the owner still releases it.</summary>
    public abstract void Abort(ProxyError reason);

    /// <summary>
    /// Gives the hold up. The connection goes back to its pool only if request and response are complete in every respect
    /// (RFC 9112 section 9.3), else it is closed.
    /// </summary>
    public abstract void Release();
}
