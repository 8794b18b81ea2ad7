// Hot where hedging is configured: every idempotent request without content waits here.
using System.Globalization;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Net.Connections;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Upstream;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// retry.hedge: while the first server says nothing, the same request goes to a second one; the first octet of an answer wins, the other
/// hold is given up. Costs an attempt and the retry budget; once for each exchange.
/// </summary>
internal sealed class Hedging
{
    private readonly CounterSet _counters;
    private readonly ServerBlame _blame;
    private readonly HeadReading _heads;

    public Hedging(CounterSet counters, ServerBlame blame, HeadReading heads)
    {
        _heads = heads;
        _counters = counters;
        _blame = blame;
    }

    /// <summary>Whether the exchange may be hedged: not what cannot be repeated, and not away from a client's session.</summary>
    public static bool Applies(Passage passage, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        return policy.HedgeAfterMs != 0 && passage.HedgedWith is null && passage.BoundTo is null && !passage.WantsUpgrade
            && exchange.Request.BodyLength.IsNone && RequestMethods.IsIdempotent(exchange.Request.Method)
            && RetryRules.HasTriesLeft(passage, wasSent: true, policy);
    }

    /// <summary>
    /// Waits for octets of the first server's answer, or for the head of the second one's: then the passage holds that one, and its head is
    /// in the response.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ProxyError?> WaitAsync(
        Passage passage, OriginStream first, TriedServers tried, ForwardPolicy policy, TryTime time)
    {
        LoopServices loop = passage.Exchange.Loop;
        long endsMs = loop.NowMs + policy.FirstByteTimeoutMs;
        ReadStatus status = await first.WaitAsync(time.Left(Math.Min(policy.HedgeAfterMs, policy.FirstByteTimeoutMs), loop));
        if (status != ReadStatus.TimedOut || LeftMs(endsMs, time, loop) <= 1)
        {
            return first.ErrorOf(status);
        }

        HedgeLeg? second = Start(passage, first, tried, policy);
        if (second is null)
        {
            return first.ErrorOf(await first.WaitAsync(LeftMs(endsMs, time, loop)));
        }

        try
        {
            return await RaceAsync(passage, first, second, policy, time);
        }
        finally
        {
            second.Cancel();
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> RaceAsync(Passage passage, OriginStream first, HedgeLeg second, ForwardPolicy policy, TryTime time)
    {
        Exchange exchange = passage.Exchange;
        long endsMs = exchange.Loop.NowMs + policy.FirstByteTimeoutMs - policy.HedgeAfterMs;
        ReadStatus status = ReadStatus.TimedOut;
        while (status == ReadStatus.TimedOut && LeftMs(endsMs, time, exchange.Loop) > 1)
        {
            status = await first.WaitAsync(LeftMs(endsMs, time, exchange.Loop));
            if (status == ReadStatus.Data)
            {
                return null;
            }

            if (second.HasHead)
            {
                return await GoOnWithAsync(second, passage, policy);
            }
        }

        ProxyError? error = time.ErrorOf(first.ErrorOf(status), exchange.Loop);
        if (second.IsOver || error is { Fault: Fault.Client } || exchange.Client.IsGone)
        {
            return error;
        }

        // The first one has failed; the second one may still answer.
        exchange.Client.AbortWhenGone = second;
        await second.WaitAsync();
        if (!second.HasHead)
        {
            return second.Aborted ?? error;
        }

        _blame.OnFailure(passage.Upstream!, passage.Server!, exchange.Loop, error, null);
        return await GoOnWithAsync(second, passage, policy);
    }

    private HedgeLeg? Start(Passage passage, OriginStream first, TriedServers tried, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        UpstreamState upstream = passage.Upstream!;
        tried.Add(passage.Server!);
        if (exchange.Client.IsGone || first.HasReceived
            || upstream.Pick(exchange, tried) is not { } server || tried.Contains(server) || !server.IsUsable(exchange.Loop.NowMs))
        {
            return null;
        }

        LoopCounters counters = _counters.OfLoop(exchange.Loop.Index);
        if (policy.RequestLimit != 0 && !server.Limit.TryEnter(policy.RequestLimit))
        {
            return null;
        }

        if (!upstream.Budget.TrySpend())
        {
            counters.Add(Counter.RetriesOverBudget);
            if (policy.RequestLimit != 0)
            {
                upstream.Queue.Leave(server, exchange.Loop.Index);
            }

            return null;
        }

        counters.Add(Counter.Hedges);
        exchange.Retries++;
        exchange.IsHedged = true;
        exchange.Trace?.Add("hedge", string.Create(
            CultureInfo.InvariantCulture, $"{passage.Server!.Name} has not answered within {policy.HedgeAfterMs} ms, asking {server.Name} too"));
        passage.HedgedWith = server;
        HedgeLeg leg = new(passage, server, first, policy, _blame);
        leg.Start();
        return leg;
    }

    private ValueTask<ProxyError?> GoOnWithAsync(HedgeLeg second, Passage passage, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        ServerState slow = passage.Server!;
        _counters.OfLoop(exchange.Loop.Index).Add(Counter.HedgesWon);
        exchange.Trace?.Add("hedge", $"{second.Server.Name} answered first; {slow.Name} was given up");

        // That it had not answered by now is all that is known of it, and enough to pick it less.
        ServerTally tally = slow.TallyOf(exchange.Loop.Index);
        tally.OnTry();
        tally.OnAnswer(exchange.Loop.NowNs, exchange.Loop.NowNs - exchange.Timings.SentNs);
        passage.ReleaseOrigin();
        second.GiveTo(passage);
        passage.HedgedWith = slow;
        return _heads.ReadSlowAsync(passage, passage.Origin!, policy, TryTime.Begin(policy, exchange.Loop), isRead: true);
    }

    private static int LeftMs(long endsMs, TryTime time, LoopServices loop) => time.Left((int)Math.Max(endsMs - loop.NowMs, 1), loop);
}
