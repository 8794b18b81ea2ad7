using Weir.Net.Loops;
using Weir.Net.Tls;

namespace Weir.Upstream.Connecting;

/// <summary>Makes connections to one server. Shared by all loops.</summary>
public interface IConnector
{
    /// <summary>Connects from a loop; called and completed there.</summary>
    ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs);

    /// <summary>What connects to the same host at another port. It lives as long as this one, which owns what both use.</summary>
    IConnector AtPort(int port) => this;

    /// <summary>
    /// What connects to the same server and offers these versions of HTTP, where TLS agrees on one. It lives as long as this one.
    /// </summary>
    IConnector Offering(AlpnProtocols protocols) => this;
}
