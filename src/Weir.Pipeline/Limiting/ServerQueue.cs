// Hot where servers are limited: entered and left once for each try.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;

namespace Weir.Pipeline.Limiting;

/// <summary>
/// Where exchanges wait while the servers of an upstream are at their limits: one queue a loop, one order over all of them. A place that
/// becomes free is not given back but handed to the exchange that has waited longest, on whichever loop; so nobody overtakes. Any thread
/// leaves; entering and waiting are the exchange's loop's.
/// </summary>
public sealed class ServerQueue
{
    private readonly UpstreamState _upstream;
    private readonly LoopQueue[] _loops;
    private PaddedCount _waiting;
    private long _lastTicket;

    internal ServerQueue(UpstreamState upstream, int loops)
    {
        _upstream = upstream;
        _loops = new LoopQueue[loops];
        for (int i = 0; i < loops; i++)
        {
            _loops[i] = new LoopQueue(this, i);
        }
    }

    /// <summary>Exchanges that wait now, on all loops.</summary>
    public int WaitingCount => _waiting.Value;

    /// <summary>How long the exchange has waited that waits longest; 0 where nobody waits. Any thread.</summary>
    /// <param name="nowMs">By the loops' clock.</param>
    public long LongestWaitMs(long nowMs)
    {
        long sinceMs = nowMs;
        foreach (LoopQueue queue in _loops)
        {
            sinceMs = Math.Min(sinceMs, queue.OldestSinceMs);
        }

        return nowMs - sinceMs;
    }

    /// <summary>A place at the server that was picked, or at one like it; where all are at their limit, waits for one.</summary>
    internal ValueTask<PlaceOutcome> EnterAsync(in PlaceWish wish)
    {
        ServerState? server = TryEnter(wish);
        return server is not null ? new(new PlaceOutcome(server)) : WaitAsync(wish);
    }

    /// <summary>Gives a place up: the longest-waiting exchange that can use it gets it.</summary>
    internal void Leave(ServerState server, int loop)
    {
        int most = MostOf(_upstream.Policy);
        if (_waiting.Value == 0 || server.Limit.InFlight > most)
        {
            server.Limit.Leave();

            // Somebody may have begun to wait between the look and the count.
            if (_waiting.Value == 0 || !server.Limit.TryEnter(most))
            {
                return;
            }
        }

        Offer(server, 0, loop);
    }

    /// <summary>Hands a place that is held to a loop whose oldest ticket comes after that one, or gives it back.</summary>
    internal void Offer(ServerState server, long afterTicket, int loop)
    {
        while (true)
        {
            if (NextAfter(afterTicket, out long ticket) is not { } next)
            {
                server.Limit.Leave();

                // Who came in the meantime has found the place taken.
                if (NextAfter(afterTicket, out _) is null || !server.Limit.TryEnter(MostOf(_upstream.Policy)))
                {
                    return;
                }

                continue;
            }

            afterTicket = ticket;
            if (next.Index != loop)
            {
                next.Loop.Post(static state => ((SlotOffer)state!).Arrive(), new SlotOffer(this, next, server, ticket));
                return;
            }

            if (next.TryGrant(server))
            {
                return;
            }
        }
    }

    internal void OnLeft() => _waiting.Leave();

    /// <summary>Looks once more for somebody who waits; neither server nor error: it goes on waiting.</summary>
    internal PlaceOutcome TryAgain(ref PlaceWish wish)
    {
        long nowMs = wish.Exchange.Loop.NowMs;
        if (wish.Bound is { } bound && !bound.IsUsableForBound(nowMs))
        {
            wish.Bound = null;
        }

        if (wish.Bound is null)
        {
            if (_upstream.Pick(wish.Exchange, wish.Tried) is not { } picked)
            {
                return new PlaceOutcome(ProxyErrors.NoServer);
            }

            wish.Pick(picked, nowMs);
        }

        return TryEnter(wish) is { } server ? new PlaceOutcome(server) : default;
    }

    private static int MostOf(ForwardPolicy policy) => policy.RequestLimit == 0 ? int.MaxValue : policy.RequestLimit;

    private ValueTask<PlaceOutcome> WaitAsync(in PlaceWish wish)
    {
        Exchange exchange = wish.Exchange;
        if (exchange.Client.IsGone)
        {
            return new(new PlaceOutcome(ProxyErrors.ClientAborted));
        }

        long most = (long)wish.Policy.QueueLength * _upstream.Servers.Count;
        if (!_waiting.TryEnter((int)Math.Min(most, int.MaxValue)))
        {
            return new(new PlaceOutcome(ProxyErrors.QueueFull));
        }

        exchange.Trace?.Add("queue", $"{wish.Picked.Name} is at its limit; waiting for a place");
        LoopQueue queue = _loops[exchange.Loop.Index];
        QueuePlace place = queue.Rent((Loop)exchange.Loop);
        place.Wish = wish;
        place.Ticket = Interlocked.Increment(ref _lastTicket);
        place.SinceMs = exchange.Loop.NowMs;
        place.DeadlineMs = exchange.Loop.NowMs + wish.Policy.QueueTimeoutMs;
        queue.Append(place);
        exchange.Client.AbortWhenGone = place;

        // A place may have become free before this one could be seen to wait. The barrier: whoever frees one afterwards sees the ticket.
        Interlocked.MemoryBarrier();
        if (TryEnter(wish) is { } server)
        {
            queue.Remove(place);
            place.Complete(new PlaceOutcome(server));
        }

        return new(place, place.Version);
    }

    private ServerState? TryEnter(in PlaceWish wish)
    {
        int most = MostOf(wish.Policy);
        ServerState picked = wish.Picked;
        if (picked.Limit.TryEnter(most))
        {
            return picked;
        }

        if (wish.Bound is not null)
        {
            return null;
        }

        // Others may be faster: as often as there are servers is enough.
        IReadOnlyList<ServerState> servers = _upstream.Servers;
        for (int i = 0; i < servers.Count; i++)
        {
            ServerState? other = LeastLoaded(servers, wish, most);
            if (other is null || other.Limit.TryEnter(most))
            {
                return other;
            }
        }

        return null;
    }

    private static ServerState? LeastLoaded(IReadOnlyList<ServerState> servers, in PlaceWish wish, int most)
    {
        long nowMs = wish.Exchange.Loop.NowMs;
        ServerState? best = null;
        for (int i = 0; i < servers.Count; i++)
        {
            ServerState server = servers[i];
            if (server.Limit.InFlight < most && wish.Fits(server, nowMs)
                && (best is null || (long)server.Limit.InFlight * best.Weight < (long)best.Limit.InFlight * server.Weight))
            {
                best = server;
            }
        }

        return best;
    }

    private LoopQueue? NextAfter(long afterTicket, out long ticket)
    {
        LoopQueue? next = null;
        ticket = LoopQueue.NobodyWaits;
        foreach (LoopQueue queue in _loops)
        {
            long oldest = queue.OldestTicket;
            if (oldest > afterTicket && oldest < ticket)
            {
                next = queue;
                ticket = oldest;
            }
        }

        return next;
    }
}
