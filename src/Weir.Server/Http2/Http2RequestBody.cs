using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;
using Weir.Streams;
using Weir.Streams.Content;

namespace Weir.Server.Http2;

/// <summary>The content of a request, with the bounds that hold for clients.</summary>
internal sealed class Http2RequestBody : StreamBody
{
    private readonly Http2Stream _stream;
    private Exchange _exchange = null!;
    private long _mostOctets;
    private bool _isRated;
    private bool _isCall;
    private bool _expectsContinue;

    public Http2RequestBody(Http2Stream stream) => _stream = stream;

    protected override IStreamCarrier Carrier => _stream.Owner;

    protected override int StreamId => _stream.Id;

    /// <summary>Begins with content of that length.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="length">What the client announced.</param>
    /// <param name="hasEnded">Whether it has ended its side already.</param>
    /// <param name="isTunnel">Whether these are a tunnel's octets: then nothing but the windows bounds them.</param>
    /// <param name="expectsContinue">Whether the client waits for a 100.</param>
    public void Begin(Exchange exchange, BodyLength length, bool hasEnded, bool isTunnel, bool expectsContinue)
    {
        _mostOctets = isTunnel ? long.MaxValue : _stream.Limits.BodyOctets;
        _isRated = !isTunnel;
        _isCall = !hasEnded && exchange.Request.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && GrpcType.Is(type);
        _exchange = exchange;
        _expectsContinue = expectsContinue;
        Begin(length, hasEnded);
        if (length.IsKnown && length.Octets > _mostOctets)
        {
            Fail(ProxyErrors.BodyTooLarge);
        }
    }

    /// <summary>The client is told to go on: it is no longer waiting for that.</summary>
    public void OnContinue() => _expectsContinue = false;

    /// <summary>Ends a wait that lasts too long for what came. Called now and then.</summary>
    public void CheckRate(long nowMs, int partialOctets)
    {
        if (!IsWaiting || HasEnded || !_isRated)
        {
            return;
        }

        if (_isCall)
        {
            // gRPC: a stream of messages may rest between them. Once it is answered, whatever bounds the answer bounds it too.
            if (!_stream.HasStarted && nowMs - WaitSinceMs > _stream.Limits.IdleTimeoutMs)
            {
                Fail(ProxyErrors.BodyTooSlow);
            }

            return;
        }

        long rate = _stream.Limits.BodyMinOctetsPerSecond;
        long waitedMs = WaitedMs + nowMs - WaitSinceMs;
        bool isTooSlow = !_expectsContinue && rate > 0
            && waitedMs > _stream.Limits.BodyGraceMs + ((ReceivedOctets + partialOctets) * 1000 / rate);
        if (isTooSlow || nowMs - WaitSinceMs > _stream.Limits.IdleTimeoutMs)
        {
            Fail(ProxyErrors.BodyTooSlow);
        }
    }

    protected override ProxyError? Count(int octets)
    {
        _expectsContinue = false;
        _exchange.ReceivedOctets += octets;
        return ReceivedOctets > _mostOctets ? ProxyErrors.BodyTooLarge : null;
    }

    protected override void WakeLater() => _stream.WakeLater();
}
