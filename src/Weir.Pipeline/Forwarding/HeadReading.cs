// Hot: one response head for every try.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Semantics;
using Weir.Net.Connections;
using Weir.Pipeline.Stacks;
using Weir.Telemetry.Counting;
using Weir.Upstream;

namespace Weir.Pipeline.Forwarding;

/// <summary>Reads the final response's head; what comes before it goes on to the client.</summary>
internal sealed class HeadReading
{
    private readonly CounterSet _counters;

    public HeadReading(CounterSet counters) => _counters = counters;

    /// <summary>Null: the final head is in the exchange's response.</summary>
    public ValueTask<ProxyError?> ReadAsync(Passage passage, OriginStream origin, ForwardPolicy policy, TryTime time)
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

        return ReadSlowAsync(passage, origin, policy, time, isRead);
    }

    /// <summary>As <see cref="ReadAsync"/>, where a head of any kind may have been read already.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ProxyError?> ReadSlowAsync(Passage passage, OriginStream origin, ForwardPolicy policy, TryTime time, bool isRead)
    {
        Exchange exchange = passage.Exchange;
        exchange.Phase = Phase.Wait;
        long deadlineMs = exchange.Loop.NowMs + policy.FirstByteTimeoutMs;
        int interims = 0;
        while (true)
        {
            ProxyError? error = null;
            isRead = isRead || origin.TryReadHead(exchange.Response, out error);
            if (!isRead)
            {
                int waitMs = time.Left((int)Math.Max(deadlineMs - exchange.Loop.NowMs, 1), exchange.Loop);
                ReadStatus status = await origin.WaitAsync(waitMs);
                if (status == ReadStatus.TimedOut && !time.IsOver(exchange.Loop)
                    && passage.TryMoveDeadline(policy.FirstByteTimeoutMs, ref deadlineMs))
                {
                    continue;
                }

                error = origin.ErrorOf(status);
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

            if (++interims > OriginStream.MaxInterims)
            {
                exchange.ErrorDetail = "too many interim responses";
                return ProxyErrors.OriginBadHead;
            }

            // RFC 9110 section 15.2: every interim response is passed on, and moves the deadline; not that of the try.
            if (await PassInterimAsync(passage) is { } clientError)
            {
                return clientError;
            }

            isRead = false;
            deadlineMs = exchange.Loop.NowMs + policy.FirstByteTimeoutMs;
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> PassInterimAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        _counters.OfLoop(exchange.Loop.Index).Add(Counter.Status1xx);
        ProxyError? error = null;
        if (exchange.Client.AcceptsInterim)
        {
            HopByHop.StripResponse(exchange.Response.Fields);
            PassModules(passage);
            error = await exchange.Client.SendInterimAsync(exchange.Response);
        }

        exchange.Response.Clear();
        return error;
    }

    private static void PassModules(Passage passage)
    {
        if (passage.Route is { Stack.Interims.Length: > 0 } route)
        {
            StackRunner.PassInterim(route.Stack, passage.Exchange);
        }

        if (passage.Site is { Stack.Interims.Length: > 0 } site)
        {
            StackRunner.PassInterim(site.Stack, passage.Exchange);
        }
    }

    // RFC 9110 section 7.8: a server must not switch to a protocol that was not asked for.
    private static bool AcceptsUpgrade(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        return passage.WantsUpgrade
            && exchange.Request.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> asked)
            && exchange.Response.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> given)
            && System.Text.Ascii.EqualsIgnoreCase(asked, given)
            && (exchange.Request.Version != HttpVersion.Http2 || IsProved(exchange));
    }

    // RFC 6455 section 4.1: a client checks the proof. One of HTTP/2 cannot, because the key was made here.
    private static bool IsProved(Exchange exchange)
    {
        Span<byte> proof = stackalloc byte[WebSocketHandshake.AcceptOctets];
        return exchange.Request.Fields.TryGet(KnownField.SecWebSocketKey, out ReadOnlySpan<byte> key)
            && WebSocketHandshake.TryAccept(key, proof)
            && exchange.Response.Fields.TryGet(KnownField.SecWebSocketAccept, out ReadOnlySpan<byte> accept)
            && accept.SequenceEqual(proof);
    }
}
