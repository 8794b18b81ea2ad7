// Hot: the spine. Every exchange passes here, top to bottom.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Codings;
using Weir.Pipeline.Challenges;
using Weir.Pipeline.Fetching;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline;

/// <summary>
/// Decides and forwards: identity, site, site stack, route, route stack, origin, then the answer up the stacks to the client.
/// </summary>
public sealed class ExchangeRunner : IExchangeHandler
{
    // Longer than it takes to take one level back.
    private const int OverloadRetrySeconds = 5;

    private readonly PlanHolder _plans;
    private readonly Forwarder _forwarder;
    private readonly ExchangeEnd _end;
    private readonly FetchRunner _fetches;
    private readonly OpenTunnels[] _tunnels;

    /// <summary>A runner over the plan in force.</summary>
    public ExchangeRunner(PlanHolder plans, CounterSet counters, ExchangeEnd end, WeirLog? log = null)
    {
        _plans = plans;
        _forwarder = new Forwarder(counters, log ?? WeirLog.Silent);
        _end = end;
        _fetches = new FetchRunner(_forwarder, end, counters.LoopCount);
        _tunnels = [.. Enumerable.Range(0, counters.LoopCount).Select(_ => new OpenTunnels())];
    }

    /// <summary>The plan in force.</summary>
    internal Plan CurrentPlan => _plans.Current;

    /// <summary>Exchanges without a client.</summary>
    internal FetchRunner Fetches => _fetches;

    /// <summary>The tunnels of each loop.</summary>
    internal IReadOnlyList<OpenTunnels> Tunnels => _tunnels;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    public async ValueTask HandleAsync(Exchange exchange)
    {
        Passage passage = Passage.Begin(exchange, _plans.Current, _fetches);
        ProxyError? error = null;
        try
        {
            // 1 identity, an issuer's question  2 site  3 site stack  4 route  5 route stack
            Verdict verdict = await DecideAsync(passage);

            // 6 pick, lease, send, read the head
            if (verdict == Verdict.Continue && exchange.Error is null)
            {
                error = await ForwardAsync(passage);
            }

            // 7 the answer up the stacks  8 send
            error = verdict == Verdict.Abort ? ProxyErrors.ClientAborted : await AnswerAsync(passage, error ?? exchange.Error);
        }
        catch (Exception exception)
        {
            // A module's exception, or a defect: the one place that turns it into a 500.
            error = await FailAsync(passage, exception);
        }

        if (error is not null)
        {
            exchange.Client.Abort();
        }

        if (error is not null || exchange.Request.Method == RequestMethod.Head)
        {
            // What nobody reads to its end must not hold up others that follow the same fetch.
            exchange.ResponseBody.Cancel();
        }

        // 9 finish
        await passage.EndTryAsync();
        _end.Finish(passage, error);
    }

    private static ValueTask<Verdict> DecideAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        Plan plan = passage.Plan;
        exchange.Phase = Phase.Modules;
        if ((plan.Identity.Receive(exchange) ?? CheckBan(plan, exchange) ?? RequestRules.Check(passage)) is { } refusal)
        {
            return Refuse(exchange, refusal);
        }

        return plan.Challenges is { } challenges && HttpChallenges.IsAsked(exchange)
            ? ProveAsync(passage, challenges)
            : ChooseSiteAsync(passage);
    }

    private static ProxyError? CheckBan(Plan plan, Exchange exchange) =>
        !plan.Bans.IsEmpty && plan.Bans.IsBanned(exchange.ClientAddress, exchange.Loop.UnixMs) ? ProxyErrors.Banned : null;

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<Verdict> ProveAsync(Passage passage, HttpChallenges challenges) =>
        await challenges.TryAnswerAsync(passage.Exchange) ? Verdict.Answered : await ChooseSiteAsync(passage);

    private static ValueTask<Verdict> ChooseSiteAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        SitePlan? site = passage.Plan.Sites.Find(exchange.Request.Host);
        if (site is not null && exchange.Connection.Tls is { } tls && !tls.MayServe(site.Name, exchange.Request.Host))
        {
            exchange.Trace?.Add("site", $"{site.Name} has other TLS than the connection, which was made for {tls.Policy.Site}");
            return Refuse(exchange, ProxyErrors.Misdirected);
        }

        passage.Site = site;
        if (site is null)
        {
            exchange.Trace?.Add("site", $"no key under sites takes the host '{exchange.Request.HostText}'");
            return Refuse(exchange, ProxyErrors.NoSite);
        }

        exchange.SiteName = site.Name;
        exchange.Trace?.Add("site", site.Name);
        if (site.HttpsPort != 0 && HttpsRedirect.Applies(exchange))
        {
            return new(HttpsRedirect.Answer(exchange, site.HttpsPort));
        }

        if (site.Stack.Requests.Length == 0)
        {
            passage.LeaveStack(isRouteStack: false, site.Stack.Count);
            return RouteAsync(passage);
        }

        ValueTask<Verdict> stack = StackRunner.DownAsync(site.Stack, passage, isRouteStack: false);
        if (!stack.IsCompletedSuccessfully)
        {
            return RouteSlowAsync(passage, stack);
        }

        Verdict verdict = stack.Result;
        return verdict == Verdict.Continue ? RouteAsync(passage) : new(verdict);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<Verdict> RouteSlowAsync(Passage passage, ValueTask<Verdict> stack)
    {
        Verdict verdict = await stack;
        return verdict == Verdict.Continue ? await RouteAsync(passage) : verdict;
    }

    internal static ValueTask<Verdict> RouteAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        RouteMatch<RoutePlan> match = passage.Site!.Routes.Find(exchange);
        if (exchange.Trace is { } trace)
        {
            passage.Site.Routes.Tell(exchange, match, trace);
        }

        if (match.IsAmbiguous || (passage.Site.UsesRawPaths && RawPathReadings.LeadElsewhere(passage.Site.Routes, exchange, match)))
        {
            return Refuse(exchange, ProxyErrors.AmbiguousPath);
        }

        if (match.Route is not { } route)
        {
            return Refuse(exchange, ProxyErrors.NoRoute);
        }

        passage.Route = route;
        passage.Upstream = route.Split is { } split ? split.Choose(passage) : route.Target;
        exchange.RouteName = route.Name;
        exchange.UpstreamName = passage.Upstream?.Name;
        exchange.RoutePrefixLength = match.PrefixLength;
        if (match.HasGroups && route.UsesCaptures)
        {
            passage.Site.Routes.Capture(match, exchange);
        }

        if (route.IsLowPriority && IsGivenUp(passage))
        {
            exchange.RetryAfterSeconds = OverloadRetrySeconds;
            return Refuse(exchange, ProxyErrors.Overloaded);
        }

        if (route.Stack.Requests.Length > 0)
        {
            return StackRunner.DownAsync(route.Stack, passage, isRouteStack: true);
        }

        passage.LeaveStack(isRouteStack: true, route.Stack.Count);
        return new(Verdict.Continue);
    }

    private static bool IsGivenUp(Passage passage)
    {
        bool isGivenUp = passage.Plan.Overload.RefusesLowPriority;
        passage.Exchange.Trace?.Add("priority", isGivenUp
            ? "low, and there is too much to do now: refused"
            : "low: refused with 503 while Weir is overloaded (limits.overload), which it is not now");
        return isGivenUp;
    }

    private ValueTask<ProxyError?> ForwardAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (passage.Upstream is null)
        {
            return new(ProxyErrors.NoRoute);
        }

        StackRunner.OpenRequestFilters(passage.Site!.Stack, exchange);
        StackRunner.OpenRequestFilters(passage.Route!.Stack, exchange);
        if (passage.Upstream.Policy.RequestCoding is not ContentCoding.Identity and var coding)
        {
            RequestCompression.Open(exchange, coding);
        }

        RequestRules.PrepareForOrigin(passage);
        return exchange.IsHypothetical ? new(Rehearsal.Forward(passage)) : _forwarder.ForwardAsync(passage);
    }

    /// <summary>Null when the client has its whole answer; else why not.</summary>
    private ValueTask<ProxyError?> AnswerAsync(Passage passage, ProxyError? error)
    {
        Exchange exchange = passage.Exchange;
        if (error is not null)
        {
            exchange.Error = error;
            if (exchange.Client.IsGone || error.Status == 499)
            {
                return new(error);
            }

            ErrorAnswer.Make(passage, error);
        }
        else if (passage.Origin is { } origin)
        {
            ResponseRules.Receive(exchange, origin.ResponseBody);
        }

        bool hasResponseModules = passage.Route is { Stack.Responses.Length: > 0 } || passage.Site is { Stack.Responses.Length: > 0 };
        return hasResponseModules ? GoUpAsync(passage) : SendAsync(passage);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> GoUpAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (passage.Route is { Stack.Responses.Length: > 0 } route)
        {
            await StackRunner.UpAsync(route.Stack, exchange, passage.RouteDepth);
        }

        if (passage.Site is { Stack.Responses.Length: > 0 } site)
        {
            await StackRunner.UpAsync(site.Stack, exchange, passage.SiteDepth);
        }

        return await SendAsync(passage);
    }

    private ValueTask<ProxyError?> SendAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (passage is { TellsSplitNumber: true, Origin: not null })
        {
            SplitPlan.TellNumber(exchange, passage.SplitNumber);
        }

        if (passage is { Origin: not null, Upstream.Policy.Sticky: { } sticky } && exchange.Error is null)
        {
            // Also with a 101: the next WebSocket of the client belongs to the same server.
            StickySessions.Answer(passage, sticky);
        }

        if ((passage.Origin is null || exchange.Error is not null) && GrpcAnswer.IsWanted(exchange.Request))
        {
            GrpcAnswer.Convert(exchange);
        }

        if (exchange.Response.Status == 101 && passage.Origin is not null)
        {
            return Tunnel.RunAsync(passage, _tunnels[exchange.Loop.Index]);
        }

        if (passage.Route is { Stack.Bodies.Length: > 0 } route)
        {
            StackRunner.OpenResponseFilters(route.Stack, exchange, passage.RouteDepth);
        }

        if (passage.Site is { Stack.Bodies.Length: > 0 } site)
        {
            StackRunner.OpenResponseFilters(site.Stack, exchange, passage.SiteDepth);
        }

        ResponseRules.Send(exchange);
        exchange.Phase = Phase.Body;
        return ResponsePump.RunAsync(exchange);
    }

    private static ValueTask<Verdict> Refuse(Exchange exchange, ProxyError error)
    {
        exchange.Error = error;
        return new(Verdict.Continue);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> FailAsync(Passage passage, Exception exception)
    {
        Exchange exchange = passage.Exchange;
        bool hasBegun = exchange.Phase >= Phase.Body;
        exchange.Error = ProxyErrors.ModuleFailed;
        exchange.ErrorStatus = 0;
        _end.OnException(exchange, passage.RunningModule, exception);
        if (hasBegun || exchange.Client.IsGone)
        {
            return ProxyErrors.ModuleFailed;
        }

        try
        {
            // The modules above may be the ones that fail: this answer passes none of them.
            ErrorAnswer.Make(passage, ProxyErrors.ModuleFailed);
            if (GrpcAnswer.IsWanted(exchange.Request))
            {
                GrpcAnswer.Convert(exchange);
            }

            ResponseRules.Send(exchange);
            exchange.Phase = Phase.Body;
            return await ResponsePump.RunAsync(exchange);
        }
        catch (Exception second)
        {
            // Whatever breaks here is a defect of the pipeline: the connection goes, the process stays.
            _end.OnException(exchange, passage.RunningModule, second);
            return ProxyErrors.Internal;
        }
    }
}
