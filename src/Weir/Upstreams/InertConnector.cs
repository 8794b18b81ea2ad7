using Weir.Abstractions.Errors;
using Weir.Net.Loops;
using Weir.Upstream.Connecting;

namespace Weir.Upstreams;

/// <summary>Connects to nothing: what only asks never gets here, and if it did, it would learn so.</summary>
internal sealed class InertConnector : IConnector
{
    public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs) => new(ConnectResult.Failed(ProxyErrors.ConnectFailed));
}
