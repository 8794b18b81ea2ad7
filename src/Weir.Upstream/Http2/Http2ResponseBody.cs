using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Streams;
using Weir.Streams.Content;

namespace Weir.Upstream.Http2;

/// <summary>The content of a response, or what an origin sends through a tunnel.</summary>
internal sealed class Http2ResponseBody : StreamBody
{
    private readonly Http2OriginStream _stream;

    public Http2ResponseBody(Http2OriginStream stream) => _stream = stream;

    /// <summary>How long the origin may pause.</summary>
    public int IdleTimeoutMs { get; set; }

    protected override IStreamCarrier Carrier => _stream.Connection;

    protected override int StreamId => _stream.Id;

    /// <summary>Begins, before anything is known of the content: the window counts from here.</summary>
    public void Begin() => Begin(BodyLength.Unknown, hasEnded: false);

    /// <summary>The head has told the length.</summary>
    public void OnLength(BodyLength length) => SetLength(length);

    /// <summary>Ends a wait that lasts too long. Called now and then.</summary>
    public void CheckIdle(long nowMs)
    {
        if (IsWaiting && !HasEnded && nowMs - WaitSinceMs > IdleTimeoutMs)
        {
            Fail(ProxyErrors.OriginIdle);
        }
    }

    protected override ProxyError? Count(int octets) => null;

    protected override void WakeLater() => _stream.WakeLater();
}
