// Hot: one call for every exchange that goes to an origin.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;
using Weir.Pipeline.Balancing;
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
    private readonly WeirLog _log;

    public Forwarder(CounterSet counters, WeirLog log)
    {
        _counters = counters;
        _log = log;
    }

    /// <summary>Null: the final head is in the exchange's response, and its content can be read. Else why there is none.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ProxyError?> ForwardAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        UpstreamState upstream = passage.Upstream!;
        ForwardPolicy policy = upstream.Policy;
        TriedServers tried = default;
        ServerState? next = upstream.Pick(exchange, tried);
        int replacements = 0;
        upstream.Budget.OnFirstTry(exchange.Loop.Index);
        while (true)
        {
            // 1 pick
            exchange.Phase = Phase.Queue;
            if (next is not { } server)
            {
                return ProxyErrors.NoServer;
            }

            // 2 lease
            passage.Server = server;
            exchange.ServerName = server.Name;
            exchange.Timings.PickedNs = exchange.Loop.NowNs;
            exchange.Phase = Phase.Connect;
            OriginPool pool = server.PoolOf(exchange.Loop.Index);
            OriginStream? origin = replacements < MaxReplacements ? TakePooled(passage, pool) : null;
            ProxyError? error = null;
            bool wasSent = false;
            if (origin is null)
            {
                OriginLease lease = await pool.ConnectAsync();
                origin = lease.Stream;
                error = lease.Error;
            }

            if (origin is not null)
            {
                // 3 send the head, 4 pump the content beside, 5 read the final head
                Hold(passage, origin);
                error = await SendAsync(passage, origin);
                if (error is not null && origin.IsReused && !origin.HasReceived && ReferenceEquals(error, ProxyErrors.OriginReset))
                {
                    // Closed before an octet was written: not a try, and nobody's fault.
                    replacements++;
                    await passage.EndTryAsync();
                    next = upstream.Pick(exchange, tried);
                    continue;
                }

                wasSent = true;
                if (error is null && !origin.HasReceived)
                {
                    // The usual wait happens in this frame; only what does not come in one piece needs another.
                    exchange.Phase = Phase.Wait;
                    error = origin.ErrorOf(await origin.WaitAsync(HeadTimeoutMs(policy)));
                }

                error ??= await ReadHeadAsync(passage, origin, policy);
                if (error is null && !IsStatusRetried(passage, policy, tried, server))
                {
                    return null;
                }

                error = PumpError(passage) ?? error;
            }

            // 6 after a failure: another server where there is one, else this one where its pooled connection had grown stale
            bool wasStale = origin is { IsReused: true, HasReceived: false } && ReferenceEquals(error, ProxyErrors.OriginReset);
            await passage.EndTryAsync();
            tried.Add(server);
            next = upstream.Pick(exchange, tried);
            if (next is null && wasStale)
            {
                next = server;
                replacements = MaxReplacements;
            }

            if (!wasStale)
            {
                Blame(passage, error, policy, server);
            }

            if ((error is not null && next is null) || !PrepareRetry(passage, error, wasSent, policy, server))
            {
                return error ?? ProxyErrors.NoServer;
            }
        }
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

    // RFC 9110 section 9.2.2: what cannot be repeated does not go out on a connection that may be closing at this moment.
    private static OriginStream? TakePooled(Passage passage, OriginPool pool) => passage.Upstream!.Policy.ProxyProtocolVersion != 0
        ? null
        : pool.TryTake(mustBeFresh: passage.WantsUpgrade || !RequestMethods.IsIdempotent(passage.Exchange.Request.Method));

    private static ValueTask<ProxyError?> SendAsync(Passage passage, OriginStream origin)
    {
        Exchange exchange = passage.Exchange;
        ForwardPolicy policy = passage.Upstream!.Policy;
        OriginRequestOptions options = new()
        {
            BodyLength = exchange.Request.BodyLength,
            KeepUpgrade = passage.WantsUpgrade,
            SendTeTrailers = exchange.Client.AcceptsTrailers,
            UseRawTarget = passage.Site is { UsesRawPaths: true } && !exchange.Request.IsTargetChanged,
            WriteTimeoutMs = policy.IdleTimeoutMs,
            IdleTimeoutMs = policy.IdleTimeoutMs,
        };
        if (policy.ProxyProtocolVersion != 0)
        {
            origin.WriteProxyHeader(exchange.Connection, exchange.ClientAddress, policy.ProxyProtocolVersion);
        }

        if (exchange.Request.Fields.Has(KnownField.Expect) && origin.IsHttp10)
        {
            // RFC 9110 section 10.1.1: an HTTP/1.0 server knows no Expect; the client gets its 100 from here.
            exchange.Request.Fields.Remove(KnownField.Expect);
            return SendWithOwnContinueAsync(passage, origin, options, policy);
        }

        return SendHeadAndPump(passage, origin, options, policy);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> SendWithOwnContinueAsync(Passage passage, OriginStream origin, OriginRequestOptions options, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        exchange.Response.Status = 100;
        ProxyError? error = exchange.Client.AcceptsInterim ? await exchange.Client.SendInterimAsync(exchange.Response) : null;
        exchange.Response.Clear();
        return error ?? await SendHeadAndPump(passage, origin, options, policy);
    }

    private static ValueTask<ProxyError?> SendHeadAndPump(Passage passage, OriginStream origin, in OriginRequestOptions options, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        ValueTask<ProxyError?> sending = origin.SendHeadAsync(exchange.Request, options);
        exchange.Timings.SentNs = exchange.Loop.NowNs;
        if (options.BodyLength.IsNone)
        {
            return sending;
        }

        passage.StartPump(BodyFor(passage, policy), origin);
        return sending;
    }

    private static BodyReader BodyFor(Passage passage, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        if (passage.Replay is { } replay)
        {
            return replay.OpenAgain();
        }

        bool isWorthKeeping = policy.Attempts > 1 && RequestMethods.IsIdempotent(exchange.Request.Method)
            && exchange.Request.BodyLength.Octets <= policy.BufferOctets;
        if (!isWorthKeeping)
        {
            return exchange.RequestBody;
        }

        passage.Replay = new ReplayBody(exchange.RequestBody, policy.BufferOctets);
        return passage.Replay;
    }

    private ValueTask<ProxyError?> ReadHeadAsync(Passage passage, OriginStream origin, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        bool isRead = origin.TryReadHead(exchange.Response, out ProxyError? error);
        if (isRead && error is null && exchange.Response.Status >= 200)
        {
            exchange.Timings.ResponseNs = exchange.Loop.NowNs;
            return default;
        }

        if (error is not null)
        {
            exchange.ErrorDetail = origin.RejectDetail;
            return new(error);
        }

        return ReadHeadSlowAsync(passage, origin, policy, isRead);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> ReadHeadSlowAsync(Passage passage, OriginStream origin, ForwardPolicy policy, bool isRead)
    {
        Exchange exchange = passage.Exchange;
        exchange.Phase = Phase.Wait;
        int timeoutMs = HeadTimeoutMs(policy);
        long deadlineMs = exchange.Loop.NowMs + timeoutMs;
        while (true)
        {
            ProxyError? error = null;
            isRead = isRead || origin.TryReadHead(exchange.Response, out error);
            if (!isRead)
            {
                error = origin.ErrorOf(await origin.WaitAsync((int)Math.Max(deadlineMs - exchange.Loop.NowMs, 1)));
                if (error is not null)
                {
                    return error;
                }

                continue;
            }

            if (error is not null)
            {
                exchange.ErrorDetail = origin.RejectDetail;
                return error;
            }

            if (exchange.Response.Status >= 200)
            {
                exchange.Timings.ResponseNs = exchange.Loop.NowNs;
                return null;
            }

            if (exchange.Response.Status == 101)
            {
                return AcceptsUpgrade(passage) ? null : ProxyErrors.OriginBadUpgrade;
            }

            // RFC 9110 section 15.2: every interim response is passed on, and moves the deadline.
            if (await PassInterimAsync(exchange) is { } clientError)
            {
                return clientError;
            }

            isRead = false;
            deadlineMs = exchange.Loop.NowMs + timeoutMs;
        }
    }

    private static int HeadTimeoutMs(ForwardPolicy policy) =>
        policy.PerTryTimeoutMs > 0 ? Math.Min(policy.PerTryTimeoutMs, policy.FirstByteTimeoutMs) : policy.FirstByteTimeoutMs;

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> PassInterimAsync(Exchange exchange)
    {
        _counters.OfLoop(exchange.Loop.Index).Add(Counter.Status1xx);
        ProxyError? error = null;
        if (exchange.Client.AcceptsInterim)
        {
            HopByHop.StripResponse(exchange.Response.Fields);
            error = await exchange.Client.SendInterimAsync(exchange.Response);
        }

        exchange.Response.Clear();
        return error;
    }

    // RFC 9110 section 7.8: a server must not switch to a protocol that was not asked for.
    private static bool AcceptsUpgrade(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        return passage.WantsUpgrade
            && exchange.Request.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> asked)
            && exchange.Response.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> given)
            && System.Text.Ascii.EqualsIgnoreCase(asked, given);
    }

    private bool IsStatusRetried(Passage passage, ForwardPolicy policy, in TriedServers tried, ServerState server)
    {
        Exchange exchange = passage.Exchange;
        if (policy.RetryStatuses.Count == 0 || exchange.Retries + 1 >= policy.Attempts
            || !RetryRules.MayRetryStatus(passage, exchange.Response.Status, policy))
        {
            return false;
        }

        TriedServers withThis = tried;
        withThis.Add(server);
        return passage.Upstream!.Pick(exchange, withThis) is not null && passage.Upstream.Budget.TrySpend();
    }

    // The pump's own reason says more than the failure it caused on the other side.
    private static ProxyError? PumpError(Passage passage) =>
        passage.PumpError is { Fault: Fault.Client } error ? error : null;

    // A connection that grew stale in the pool says nothing against its server.
    private void Blame(Passage passage, ProxyError? error, ForwardPolicy policy, ServerState server)
    {
        if (error is not { Fault: Fault.Origin })
        {
            return;
        }

        UpstreamState upstream = passage.Upstream!;
        if (ReferenceEquals(error, ProxyErrors.OriginBadHead) || ReferenceEquals(error, ProxyErrors.OriginHeadTooLarge))
        {
            _log.Write(OperatorEvents.OriginMalformed, upstream.Name, server.Name, passage.Exchange.ErrorDetail ?? error.Name);
        }

        if (upstream.OnFailure(server, passage.Exchange.Loop.NowMs, policy.Health))
        {
            _log.Write(OperatorEvents.ServerEjected, upstream.Name, server.Name, policy.Health.EjectMs / 1000, policy.Health.Failures, error.Name);
        }
    }

    private bool PrepareRetry(Passage passage, ProxyError? error, bool wasSent, ForwardPolicy policy, ServerState server)
    {
        Exchange exchange = passage.Exchange;
        LoopCounters counters = _counters.OfLoop(exchange.Loop.Index);
        bool isStatusRetry = error is null;
        if (!isStatusRetry && (exchange.Retries + 1 >= policy.Attempts || !RetryRules.MayRetry(passage, error!, wasSent, policy)))
        {
            return false;
        }

        if (!isStatusRetry && !passage.Upstream!.Budget.TrySpend())
        {
            counters.Add(Counter.RetriesOverBudget);
            return false;
        }

        exchange.Trace?.Add("retry", $"{server.Name} failed with {error?.Name ?? exchange.Response.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)}, trying again");
        counters.Add(Counter.Retries);
        exchange.Retries++;
        exchange.Response.Clear();
        exchange.Timings.ResponseNs = 0;
        return true;
    }
}
