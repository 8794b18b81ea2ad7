// Hot: one pick for every try.
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
    public ServerState? Pick(ServerState[] servers, Exchange exchange, in TriedServers tried, bool mustBeUsable)
    {
        long nowMs = exchange.Loop.NowMs;
        int totalWeight = 0;
        foreach (ServerState server in servers)
        {
            totalWeight += IsCandidate(server, tried, mustBeUsable, nowMs) ? server.Weight : 0;
        }

        if (totalWeight == 0)
        {
            return null;
        }

        ulong random = exchange.Loop.NextRandom();
        ServerState first = Draw(servers, tried, mustBeUsable, nowMs, (int)((random & 0x7FFFFFFF) % (ulong)totalWeight));
        ServerState second = Draw(servers, tried, mustBeUsable, nowMs, (int)((random >> 32) % (ulong)totalWeight));
        return IsLessLoaded(second, first, exchange.Loop.Index) ? second : first;
    }

    private static ServerState Draw(ServerState[] servers, in TriedServers tried, bool mustBeUsable, long nowMs, int ticket)
    {
        ServerState? last = null;
        foreach (ServerState server in servers)
        {
            if (!IsCandidate(server, tried, mustBeUsable, nowMs))
            {
                continue;
            }

            last = server;
            ticket -= server.Weight;
            if (ticket < 0)
            {
                break;
            }
        }

        // Another thread may have ejected a server between the two passes: then the last candidate stands in for it.
        return last ?? servers[0];
    }

    private static bool IsLessLoaded(ServerState one, ServerState other, int loop) =>
        (long)one.PoolOf(loop).ActiveCount * other.Weight < (long)other.PoolOf(loop).ActiveCount * one.Weight;

    private static bool IsCandidate(ServerState server, in TriedServers tried, bool mustBeUsable, long nowMs) =>
        !tried.Contains(server) && (!mustBeUsable || server.IsUsable(nowMs));
}
