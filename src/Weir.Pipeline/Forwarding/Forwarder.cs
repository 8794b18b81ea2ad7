// Hot: one call for every exchange that goes to an origin.
using System.Globalization;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Fetching;
using Weir.Pipeline.Limiting;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Forwarding;

/// <summary>Picks a server, leases a connection, sends the request and reads the final response's head; tries again where it may.</summary>
internal sealed class Forwarder
{
    // Pooled connections that turn out closed before an octet was written are replaced silently, but not without end.
    private const int MaxReplacements = 8;

    private readonly CounterSet _counters;
    private readonly ServerBlame _blame;
    private readonly HeadReading _heads;
    private readonly Hedging _hedging;

    public Forwarder(CounterSet counters, WeirLog log)
    {
        _counters = counters;
        _blame = new ServerBlame(counters, log);
        _heads = new HeadReading(counters);
        _hedging = new Hedging(counters, _blame, _heads);
    }

    /// <summary>Null: the final head is in the exchange's response, and its content can be read. Else why there is none.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ProxyError?> ForwardAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        UpstreamState upstream = passage.Upstream!;
        ForwardPolicy policy = upstream.Policy;
        TriedServers tried = default;
        ServerState? next = (policy.Sticky is null ? null : FindBound(passage, policy.Sticky)) ?? upstream.Pick(exchange, tried);
        int replacements = 0;
        upstream.Budget.OnFirstTry(exchange.Loop.Index);
        while (true)
        {
            // 1 pick, and wait for a place there if it is at its limit
            exchange.Phase = Phase.Queue;
            if (next is not { } server)
            {
                return ProxyErrors.NoServer;
            }

            if (policy.RequestLimit != 0 && passage.Place is null)
            {
                PlaceOutcome place = await EnterAsync(passage, server, tried, policy);
                if (place.Server is null)
                {
                    return place.Error;
                }

                server = place.Server;
                passage.Place = server;
            }

            // 2 lease
            passage.Server = server;
            exchange.ServerName = server.Name;
            exchange.Timings.PickedNs = exchange.Loop.NowNs;
            exchange.Phase = Phase.Connect;
            TryTime time = TryTime.Begin(policy, exchange.Loop);
            OriginPool pool = server.PoolOf(exchange.Loop.Index);
            OriginStream? origin = replacements < MaxReplacements ? RequestSending.TakePooled(passage, pool, policy) : null;
            ProxyError? error = null;
            ServerState? other = null;
            bool wasSent = false;
            if (origin is null)
            {
                OriginLease lease = await RequestSending.ConnectAsync(passage, pool, time);
                origin = lease.Stream;
                error = lease.Error;
            }

            if (exchange.Client.IsGone)
            {
                // It went while nothing held that could be aborted: nobody waits for an answer any more.
                passage.Origin = origin;
                await passage.EndTryAsync();
                return ProxyErrors.ClientAborted;
            }

            if (origin is not null)
            {
                // 3 send the head, 4 pump the content beside, 5 read the final head
                Hold(passage, origin);
                error = await RequestSending.SendAsync(passage, origin, policy, time);
                if (error is not null && !origin.HasSent && !origin.HasReceived
                    && (RetryRules.IsUnprocessed(error) || (origin.IsReused && ReferenceEquals(error, ProxyErrors.OriginReset))))
                {
                    // Closed before an octet was written: not a try, and nobody's fault.
                    replacements++;
                    await passage.EndTryInPlaceAsync();
                    next = passage.Place ?? upstream.Pick(exchange, tried);
                    continue;
                }

                wasSent = true;
                if (error is null && !origin.HasReceived && (!passage.HasPump || passage.IsPumpDone))
                {
                    // The usual wait happens in this frame; only what does not come in one piece needs another.
                    exchange.Phase = Phase.Wait;
                    error = Hedging.Applies(passage, policy)
                        ? await _hedging.WaitAsync(passage, origin, tried, policy, time)
                        : origin.ErrorOf(await origin.WaitAsync(time.Left(policy.FirstByteTimeoutMs, exchange.Loop)));
                    if (passage.HedgedWith is not null)
                    {
                        // The second server may hold the exchange now, and its head may have been read.
                        origin = passage.Origin!;
                        server = passage.Server!;
                    }
                }

                error ??= exchange.Timings.ResponseNs != 0 ? null : await _heads.ReadAsync(passage, origin, policy, time);
                if (error is null && !IsStatusRetried(passage, policy, tried, server, out other))
                {
                    Note(server, exchange);
                    return null;
                }

                error = PumpError(passage) ?? error;
            }

            // 6 after a failure: another server where there is one, else this one where its pooled connection had grown stale
            error = time.ErrorOf(error, exchange.Loop);
            server.TallyOf(exchange.Loop.Index).OnTry();
            bool wasStale = origin is { IsReused: true, HasReceived: false } && ReferenceEquals(error, ProxyErrors.OriginReset);
            bool isUnprocessed = RetryRules.IsUnprocessed(error);
            await passage.EndTryAsync();
            tried.Add(server);
            if (passage.HedgedWith is { } hedge && !tried.Contains(hedge))
            {
                tried.Add(hedge);
            }

            next = other ?? upstream.Pick(exchange, tried);
            if (next is null && (wasStale || isUnprocessed))
            {
                next = server;
                replacements = wasStale ? MaxReplacements : replacements;
            }

            if (!wasStale && !isUnprocessed)
            {
                _blame.OnFailure(upstream, server, exchange.Loop, error, exchange.ErrorDetail);
            }

            if ((error is not null && next is null) || !PrepareRetry(passage, error, wasSent && !isUnprocessed, policy, server))
            {
                return error ?? ProxyErrors.NoServer;
            }
        }
    }

    // A fetch has no client who could keep a cookie.
    private static ServerState? FindBound(Passage passage, StickyPolicy sticky) =>
        StickySessions.FindBound(passage, sticky, isClients: passage.Exchange.Client is not FetchStream);

    private ValueTask<PlaceOutcome> EnterAsync(Passage passage, ServerState picked, in TriedServers tried, ForwardPolicy policy)
    {
        PlaceWish wish = new()
        {
            Exchange = passage.Exchange,
            Policy = policy,
            Tried = tried,
            Bound = ReferenceEquals(picked, passage.BoundTo) ? picked : null,
        };
        wish.Pick(picked, passage.Exchange.Loop.NowMs);
        ValueTask<PlaceOutcome> entering = passage.Upstream!.Queue.EnterAsync(wish);
        if (!entering.IsCompleted)
        {
            _counters.OfLoop(passage.Exchange.Loop.Index).Add(Counter.QueueWaits);
        }

        return entering;
    }

    private static void Hold(Passage passage, OriginStream origin)
    {
        Exchange exchange = passage.Exchange;
        passage.Origin = origin;
        exchange.Client.AbortWhenGone = origin;
        exchange.IsOriginReused = origin.IsReused;
        exchange.Timings.ConnectedNs = exchange.Loop.NowNs;
        exchange.Phase = Phase.Send;
    }

    private static void Note(ServerState server, Exchange exchange)
    {
        ServerTally tally = server.TallyOf(exchange.Loop.Index);
        tally.OnTry();
        tally.OnAnswer(exchange.Timings.ResponseNs, exchange.Timings.ResponseNs - exchange.Timings.SentNs);
    }

    // An answer in hand is worth more than what an ill server might say instead: only a well one is asked.
    private static bool IsStatusRetried(
        Passage passage, ForwardPolicy policy, in TriedServers tried, ServerState server, out ServerState? other)
    {
        other = null;
        Exchange exchange = passage.Exchange;
        if (policy.RetryStatuses.Count == 0 || !RetryRules.HasTriesLeft(passage, wasSent: true, policy)
            || !RetryRules.MayRetryStatus(passage, exchange.Response.Status, policy))
        {
            return false;
        }

        TriedServers withThis = tried;
        withThis.Add(server);
        other = passage.Upstream!.Pick(exchange, withThis);
        if (other is null || withThis.Contains(other) || !other.IsUsable(exchange.Loop.NowMs) || !passage.Upstream.Budget.TrySpend())
        {
            other = null;
        }

        return other is not null;
    }

    // The pump's own reason says more than the failure it caused on the other side.
    private static ProxyError? PumpError(Passage passage) =>
        passage.PumpError is { Fault: Fault.Client } error ? error : null;

    private bool PrepareRetry(Passage passage, ProxyError? error, bool wasSent, ForwardPolicy policy, ServerState server)
    {
        Exchange exchange = passage.Exchange;
        LoopCounters counters = _counters.OfLoop(exchange.Loop.Index);
        bool isStatusRetry = error is null;
        if (!isStatusRetry
            && (!RetryRules.HasTriesLeft(passage, wasSent, policy) || !RetryRules.MayRetry(passage, error!, wasSent, policy)))
        {
            return false;
        }

        // Where nothing was sent, nothing is sent again: the load of the servers does not grow.
        if (!wasSent)
        {
            passage.UnsentTries++;
        }
        else if (!isStatusRetry && !passage.Upstream!.Budget.TrySpend())
        {
            counters.Add(Counter.RetriesOverBudget);
            return false;
        }

        exchange.Trace?.Add("retry", $"{server.Name} failed with {error?.Name ?? exchange.Response.Status.ToString(CultureInfo.InvariantCulture)}, trying again");
        counters.Add(Counter.Retries);
        exchange.Retries++;
        exchange.Response.Clear();
        exchange.Timings.ResponseNs = 0;
        return true;
    }
}
