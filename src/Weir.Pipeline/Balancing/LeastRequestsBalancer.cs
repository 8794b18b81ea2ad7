// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// least_requests: the server with the fewest exchanges in flight for its weight, as this loop sees it; of equals any, by weight.
/// </summary>
public sealed class LeastRequestsBalancer : IBalancer
{
    /// <inheritdoc/>
    public string Name => "least_requests";

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => null;

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        ulong random = exchange.Loop.NextRandom();
        int best = -1;
        long bestLoad = 0;
        long bestWeight = 1;
        ulong equals = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            if (!candidates.Allows(i, tried) || (candidates.HasSpared && !IsAdmitted(candidates, i, ref random)))
            {
                continue;
            }

            long load = candidates.LoadAt(i);
            int weight = candidates.WeightAt(i);
            long difference = (load * bestWeight) - (bestLoad * weight);
            if (best >= 0 && difference > 0)
            {
                continue;
            }

            equals = best >= 0 && difference == 0 ? equals + (uint)weight : (uint)weight;
            if (equals == (uint)weight || (Next(ref random) * equals) >> 32 < (uint)weight)
            {
                best = i;
                bestLoad = load;
                bestWeight = weight;
            }
        }

        // Where everyone is spared, the lot falls on nobody now and then.
        best = best >= 0 ? best : candidates.DrawAllowed(random, tried);
        return best < 0 ? null : candidates.ServerAt(best);
    }

    // A server that has just come back has nothing in flight and would win at once: it takes part as often as its share says.
    private static bool IsAdmitted(Candidates candidates, int position, ref ulong random) =>
        !candidates.IsSparedAt(position)
        || (Next(ref random) * candidates.TotalWeight) >> 32 < (uint)candidates.WeightAt(position);

    private static ulong Next(ref ulong random)
    {
        random = (random * 6364136223846793005) + 1442695040888963407;
        return random >> 32;
    }
}
