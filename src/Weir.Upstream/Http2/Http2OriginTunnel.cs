using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Http2;

/// <summary>
/// A stream as one end of a tunnel (RFC 8441 section 5): its DATA frames are the octets, its end is the end of a direction.
/// </summary>
internal sealed class Http2OriginTunnel : ITunnelEnd
{
    private readonly Http2OriginStream _stream;

    public Http2OriginTunnel(Http2OriginStream stream) => _stream = stream;

    public ValueTask<BodyRead> ReadAsync() => _stream.ResponseBody.ReadAsync();

    public ValueTask<ProxyError?> WriteAsync(NativeSlice octets) => _stream.WriteBodyAsync(octets);

    public void FinishWriting() => _stream.EndWriting();

    public void Abort(ProxyError reason) => _stream.Abort(reason);
}
