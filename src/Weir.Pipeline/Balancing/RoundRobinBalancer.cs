// Hot: one pick for every try.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// Weighted round robin, smooth: each pick adds every server's weight to its score, takes the highest and subtracts the sum, so that heavy
/// servers are spread between the light ones. Scores are kept per loop and belong to the list of servers they were made for.
/// </summary>
public sealed class RoundRobinBalancer : IBalancer
{
    // Primaries, backups and everyone are three lists; a swapped list takes the place of the oldest.
    private const int ListsPerLoop = 4;

    private readonly Scores?[][] _loops;

    /// <summary>Round robin on that many loops.</summary>
    public RoundRobinBalancer(int loops)
    {
        _loops = new Scores?[loops][];
        for (int i = 0; i < loops; i++)
        {
            _loops[i] = new Scores?[ListsPerLoop];
        }
    }

    /// <inheritdoc/>
    public string Name => "round_robin";

    /// <inheritdoc/>
    public ServerState? Pick(ServerState[] servers, Exchange exchange, in TriedServers tried, bool mustBeUsable)
    {
        if (servers.Length == 0)
        {
            return null;
        }

        long nowMs = exchange.Loop.NowMs;
        int[] scores = ScoresOf(servers, exchange.Loop);
        int best = -1;
        int total = 0;
        for (int i = 0; i < servers.Length; i++)
        {
            ServerState server = servers[i];
            if (tried.Contains(server) || (mustBeUsable && !server.IsUsable(nowMs)))
            {
                continue;
            }

            total += server.Weight;
            scores[i] += server.Weight;
            if (best < 0 || scores[i] > scores[best])
            {
                best = i;
            }
        }

        if (best < 0)
        {
            return null;
        }

        scores[best] -= total;
        return servers[best];
    }

    private int[] ScoresOf(ServerState[] servers, LoopServices loop)
    {
        Scores?[] lists = _loops[loop.Index];
        foreach (Scores? known in lists)
        {
            if (known is not null && ReferenceEquals(known.Servers, servers))
            {
                return known.Values;
            }
        }

        Array.Copy(lists, 0, lists, 1, ListsPerLoop - 1);
        lists[0] = new Scores(servers);

        // Loops must not walk in step, or each server gets its requests in bursts of one from every loop.
        lists[0]!.Values[(int)(loop.NextRandom() % (ulong)servers.Length)] += 1;
        return lists[0]!.Values;
    }

    private sealed class Scores
    {
        public Scores(ServerState[] servers)
        {
            Servers = servers;
            Values = new int[servers.Length];
        }

        public ServerState[] Servers { get; }

        public int[] Values { get; }
    }
}
