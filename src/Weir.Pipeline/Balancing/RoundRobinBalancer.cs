// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// round_robin: weighted and smooth. Each pick adds every server's weight to its score, takes the highest and subtracts the sum, so that
/// heavy servers are spread between the light ones. Scores are kept per loop.
/// </summary>
public sealed class RoundRobinBalancer : IBalancer
{
    /// <inheritdoc/>
    public string Name => "round_robin";

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => null;

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        int best = -1;
        long bestScore = long.MinValue;
        long total = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            if (!candidates.Allows(i, tried))
            {
                continue;
            }

            int weight = candidates.WeightAt(i);
            total += weight;
            long score = candidates.ScoreAt(i) += weight;
            if (score > bestScore)
            {
                best = i;
                bestScore = score;
            }
        }

        if (best < 0)
        {
            return null;
        }

        candidates.ScoreAt(best) -= total;
        return candidates.ServerAt(best);
    }
}
