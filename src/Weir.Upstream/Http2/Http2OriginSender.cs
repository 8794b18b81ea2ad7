using Weir.Abstractions.Errors;
using Weir.Streams;
using Weir.Streams.Output;

namespace Weir.Upstream.Http2;

/// <summary>The request's way to the origin. A stream is opened by its head's leaving, because numbers must rise on the wire.</summary>
internal sealed class Http2OriginSender : StreamSender
{
    private readonly Http2OriginStream _stream;

    public Http2OriginSender(Http2OriginStream stream) => _stream = stream;

    protected override int StreamId => _stream.Id;

    protected override IStreamCarrier Carrier => _stream.Connection;

    protected override bool IsGone => _stream.IsSendingOver;

    protected override ProxyError GoneError => _stream.SendError;

    protected override WriteProgress TryWriteHead(out int written, out bool endsStream)
    {
        endsStream = _stream.EndsWithHead;
        return _stream.Connection.TryOpen(_stream, out written);
    }

    protected override void WakeLater() => _stream.WakeLater();
}
