using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Tests.Testing;

/// <summary>A client that no module may write to: modules answer through the exchange.</summary>
internal sealed class FakeClient : ClientStream
{
    public override bool AcceptsInterim => true;

    public override bool AcceptsTrailers => true;

    public override bool IsGone => false;

    public override long SentOctets => 0;

    public override ValueTask<ProxyError?> SendInterimAsync(ResponseHead head) => throw new InvalidOperationException();

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody) => throw new InvalidOperationException();

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets) => throw new InvalidOperationException();

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers) => throw new InvalidOperationException();

    public override void Abort() => throw new InvalidOperationException();

    public override ITunnelEnd? OpenTunnel() => null;
}
