using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// A balancing policy. Shared by all loops: what it remembers lies in the candidates, which are a loop's own, or is immutable.
/// </summary>
public interface IBalancer
{
    /// <summary>The policy's name in the configuration.</summary>
    string Name { get; }

    /// <summary>
    /// What the policy works out once for a list of servers, and finds in <see cref="Candidates.Prepared"/> at every pick; null: nothing.
    /// Called where a list comes into force, on any thread, never on a request's way.
    /// </summary>
    object? Prepare(IReadOnlyList<ServerState> servers);

    /// <summary>
    /// Picks a candidate that <see cref="Candidates.Allows"/>; null when there is none. On the exchange's loop. Allocates nothing.
    /// </summary>
    ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried);
}
