using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Upstream.Connecting;

namespace Weir.Bench.Balancing;

/// <summary>Connects to memory.</summary>
internal sealed class MemoryConnector : IConnector
{
    public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs) => new(ConnectResult.Of(new MemoryConnection(loop)));
}
