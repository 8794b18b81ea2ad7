using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>A balancing policy. Shared by all loops: its state is per loop, or atomic.</summary>
public interface IBalancer
{
    /// <summary>The policy's name in the configuration.</summary>
    string Name { get; }

    /// <summary>Picks one of the servers that was not tried and, where asked, is usable; null when there is none. Allocates nothing.</summary>
    ServerState? Pick(ServerState[] servers, Exchange exchange, in TriedServers tried, bool mustBeUsable);
}
