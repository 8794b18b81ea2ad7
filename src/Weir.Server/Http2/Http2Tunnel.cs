using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Server.Http2;

/// <summary>
/// A stream as one end of a tunnel (RFC 8441 section 5): its DATA frames are the octets, its end is the end of a direction.
/// </summary>
internal sealed class Http2Tunnel : ITunnelEnd
{
    private readonly Http2Stream _stream;

    public Http2Tunnel(Http2Stream stream) => _stream = stream;

    public ValueTask<BodyRead> ReadAsync() => _stream.Body.ReadAsync();

    public ValueTask<ProxyError?> WriteAsync(NativeSlice octets) => _stream.WriteAsync(octets);

    public void FinishWriting() => _stream.Sender.EndWriting();

    public void Abort(ProxyError reason)
    {
        _stream.Body.Fail(reason);
        _stream.Sender.FinishWrite(reason);
    }
}
