using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>
/// Where the response of one exchange goes: an HTTP/1.1 connection's turn, an HTTP/2 stream, or a fetch without a client. Calls come in
/// this order: any number of interim heads, one final head, any number of writes, one finish; or an abort at any point.
/// </summary>
public abstract class ClientStream
{
    /// <summary>Whether the client can be sent 1xx responses.</summary>
    public abstract bool AcceptsInterim { get; }

    /// <summary>Whether trailer fields can reach the client (it said "TE: trailers", or it speaks HTTP/2).</summary>
    public abstract bool AcceptsTrailers { get; }

    /// <summary>
    /// Whether the client said "TE: trailers", in whichever version: an origin may make its answer depend on it (RFC 9110 section 6.5.1).
    /// </summary>
    public virtual bool AsksForTrailers => AcceptsTrailers;

    /// <summary>Whether the client is known to be gone: its connection was reset, or its stream was cancelled.</summary>
    public abstract bool IsGone { get; }

    /// <summary>Octets of the response that were given to the network so far, head included.</summary>
    public abstract long SentOctets { get; }

    /// <summary>What to give up when the client goes away while the exchange waits for something else; null: nothing.</summary>
    public IAbortable? AbortWhenGone { get; set; }

    /// <summary>What to tell when the process begins to drain; null: nothing. The stream itself ends after its response.</summary>
    public IDrainable? TellWhenDraining { get; set; }

    /// <summary>Whether the process is draining.</summary>
    public virtual bool IsDraining => false;

    /// <summary>Sends an interim head at once.</summary>
    public abstract ValueTask<ProxyError?> SendInterimAsync(ResponseHead head);

    /// <summary>
    /// Gives the final head. It may be held back to leave together with the first octets of the body. The body's framing follows from
    /// <see cref="ResponseHead.BodyLength"/>; framing fields in the head are ignored and written anew. With <paramref name="hasBody"/>
    /// false nothing but the finish may follow.
    /// </summary>
    public abstract ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody);

    /// <summary>Sends octets of the body. They stay lent until the task completes. Null: they are on their way.</summary>
    public abstract ValueTask<ProxyError?> WriteAsync(NativeSlice octets);

    /// <summary>
    /// Ends the body, with trailer fields if there are any, and sends what is still held back. <paramref name="last"/> are the last
    /// octets of the body, perhaps none: they leave together with the end.
    /// </summary>
    public abstract ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers);

    /// <summary>
    /// Makes sure that the client cannot take the response for complete: the connection is reset or closed, the stream is reset.
    /// </summary>
    public abstract void Abort();

    /// <summary>
    /// Ends a response that the client is too slow to take, from outside of what sends it: a waiting write ends with an error.
    /// Who calls this has said why in <see cref="Exchange.Error"/>.
    /// </summary>
    public virtual void Cut() => Abort();

    /// <summary>
    /// After a 101: the raw connection in both directions. What the client sent behind its request is the beginning of what is read.
    /// Null when the protocol version has no such thing.
    /// </summary>
    public abstract ITunnelEnd? OpenTunnel();
}
