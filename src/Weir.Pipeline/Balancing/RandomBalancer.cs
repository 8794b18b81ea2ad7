// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>random: any server, by weight, whatever it has in flight.</summary>
public sealed class RandomBalancer : IBalancer
{
    /// <inheritdoc/>
    public string Name => "random";

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => null;

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        int drawn = candidates.DrawAllowed(exchange.Loop.NextRandom(), tried);
        return drawn < 0 ? null : candidates.ServerAt(drawn);
    }
}
