using Weir.Net.Loops;

namespace Weir.Upstream.Connecting;

/// <summary>Makes connections to one server. Shared by all loops.</summary>
public interface IConnector
{
    /// <summary>Connects from a loop; called and completed there.</summary>
    ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs);
}
