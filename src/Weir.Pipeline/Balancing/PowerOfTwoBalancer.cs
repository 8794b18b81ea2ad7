// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// p2c: of two servers drawn at random, by weight, the one with fewer exchanges in flight for its weight, as this loop sees it. Close to
/// the best choice, at the cost of two look-ups, and without a herd that runs to one idle server.
/// </summary>
public sealed class PowerOfTwoBalancer : IBalancer
{
    /// <inheritdoc/>
    public string Name => "p2c";

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => null;

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        return candidates.TryDrawTwo(exchange.Loop.NextRandom(), tried, out int first, out int second)
            ? candidates.ServerAt(IsLessLoaded(candidates, second, first) ? second : first)
            : null;
    }

    // Of equals the first stays: without load the shares are those of the weights.
    private static bool IsLessLoaded(Candidates candidates, int one, int other) =>
        (long)candidates.LoadAt(one) * candidates.WeightAt(other) < (long)candidates.LoadAt(other) * candidates.WeightAt(one);
}
