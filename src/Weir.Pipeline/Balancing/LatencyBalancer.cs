// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// latency: of two servers drawn at random, by weight, the one where an answer is expected to begin sooner: the moving peak of its latency
/// times what is in flight and this request. Two, because the whole crowd would run to the fastest of all and make it the slowest.
/// </summary>
public sealed class LatencyBalancer : IBalancer
{
    // What is expected of a server that has work and has never answered.
    private const double UnknownNs = 1e9;

    /// <inheritdoc/>
    public string Name => "latency";

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => null;

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        if (!candidates.TryDrawTwo(exchange.Loop.NextRandom(), tried, out int first, out int second))
        {
            return null;
        }

        if (second != first)
        {
            long nowNs = exchange.Loop.NowNs;
            first = CostAt(candidates, second, nowNs) < CostAt(candidates, first, nowNs) ? second : first;
        }

        return candidates.ServerAt(first);
    }

    // What is in flight counts for less where the weight is above the mean; an idle server's weight is in the draw already.
    private static double CostAt(Candidates candidates, int position, long nowNs)
    {
        int load = candidates.LoadAt(position);
        double latencyNs = candidates.TallyAt(position).LatencyAt(nowNs);
        if (latencyNs == 0)
        {
            latencyNs = load == 0 ? 0 : UnknownNs;
        }

        double meanWeight = (double)candidates.TotalWeight / candidates.Count;
        return latencyNs * (1 + (load * meanWeight / candidates.WeightAt(position)));
    }
}
