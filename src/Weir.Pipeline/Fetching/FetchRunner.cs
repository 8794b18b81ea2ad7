using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Plans;
using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// Runs exchanges without a client: what stands below the module that asks, then the origin, then the answer up to that module again.
/// They are counted as fetches of their origin, but neither as exchanges nor in the access log: those are clients'.
/// </summary>
internal sealed class FetchRunner
{
    // Who asks when no client does.
    private static readonly ConnectionInfo _ownConnection =
        new(0, IpAddress.FromIPv4(0x7F000001), 0, IpAddress.FromIPv4(0x7F000001), 0, isTls: false, "weir");

    private readonly Forwarder _forwarder;
    private readonly ExchangeEnd _end;
    private readonly FetchExchanges _exchanges;

    public FetchRunner(Forwarder forwarder, ExchangeEnd end, int loopCount)
    {
        _forwarder = forwarder;
        _end = end;
        _exchanges = new FetchExchanges(loopCount);
    }

    /// <summary>A fetch that passes what stands below the running module.</summary>
    public ValueTask<FetchResult> BelowAsync(Passage asking, RequestHead request, FetchStream stream, PinnedBody? content)
    {
        if (asking.Plan is null || asking.Site is null)
        {
            return new(new FetchResult(ProxyErrors.Internal));
        }

        Passage passage = Begin(asking, request, stream, content);
        Exchange exchange = passage.Exchange;
        passage.Site = asking.Site;
        exchange.SiteName = asking.Exchange.SiteName;
        if (!asking.IsInRouteStack)
        {
            return Run(passage, new FetchFloor(asking.RunningPosition, FetchFloor.All));
        }

        passage.Route = asking.Route;
        passage.Upstream = asking.Upstream;
        exchange.RouteName = asking.Exchange.RouteName;
        exchange.UpstreamName = asking.Exchange.UpstreamName;
        exchange.RoutePrefixLength = asking.Exchange.RoutePrefixLength;
        for (int group = 1; group <= RouteCaptures.MaxGroup; group++)
        {
            ByteSlice place = asking.Exchange.RouteCaptures[group];
            exchange.RouteCaptures.Set(group, place.Offset, place.Length);
        }

        return Run(passage, new FetchFloor(FetchFloor.Nothing, asking.RunningPosition));
    }

    /// <summary>A fetch from an upstream, past all stacks.</summary>
    public ValueTask<FetchResult> UpstreamAsync(
        Passage asking, string upstream, RequestHead request, int deadlineMs, int windowOctets, PinnedBody? content)
    {
        if (asking.Plan is null || !asking.Plan.Upstreams.TryGetValue(upstream, out UpstreamState? state))
        {
            return new(new FetchResult(ProxyErrors.NoServer));
        }

        Passage passage = Begin(asking, request, new FetchStream((Loop)asking.Exchange.Loop, deadlineMs, windowOctets), content);
        passage.Upstream = state;
        passage.Exchange.UpstreamName = state.Name;

        // In a turn of its own: what goes to another upstream must not hold up the exchange that asked.
        return Run(passage, new FetchFloor(FetchFloor.Nothing, FetchFloor.Nothing), yieldsFirst: true);
    }

    /// <summary>A fetch by Weir itself that passes what stands below a module.</summary>
    public ValueTask<FetchResult> OwnAsync(Plan plan, TimedStep step, Loop loop, RequestHead request, int deadlineMs)
    {
        Passage passage = Begin(plan, _ownConnection, loop, request, new FetchStream(loop, deadlineMs, IFetcher.DefaultWindowOctets));
        Exchange exchange = passage.Exchange;
        exchange.ClientAddress = _ownConnection.Remote;
        IdentityPolicy.MakeRequestId(exchange);
        passage.Site = step.Site;
        exchange.SiteName = step.Site.Name;
        if (step.Route is not { } route)
        {
            return Run(passage, new FetchFloor(step.Position, FetchFloor.All));
        }

        passage.Route = route;
        passage.Upstream = route.Split is { } split ? split.Choose(passage) : route.Target;
        exchange.RouteName = route.Name;
        exchange.UpstreamName = passage.Upstream?.Name;

        // What is asked for need not be a path of the route: then all of it is what the route's "*" stands for.
        RouteMatch<RoutePlan> match = step.Site.Routes.Find(exchange);
        exchange.RoutePrefixLength = ReferenceEquals(match.Route, route) ? match.PrefixLength : 0;
        return Run(passage, new FetchFloor(FetchFloor.Nothing, step.Position));
    }

    private Passage Begin(Passage asking, RequestHead request, FetchStream stream, PinnedBody? content)
    {
        Exchange parent = asking.Exchange;
        Passage passage = Begin(asking.Plan, parent.Connection, (Loop)parent.Loop, request, stream);
        passage.Exchange.ClientAddress = parent.ClientAddress;
        passage.Exchange.SetRequestId(parent.RequestId);
        if (content is not null)
        {
            passage.Exchange.Request.BodyLength = BodyLength.Of(content.Length);
            passage.Exchange.RequestBody = content.Open();
        }

        return passage;
    }

    private Passage Begin(Plan plan, ConnectionInfo connection, Loop loop, RequestHead request, FetchStream stream)
    {
        Exchange exchange = _exchanges.Take(loop);
        exchange.Begin(connection, stream, loop);
        stream.Exchange = exchange;
        exchange.Timings.StartedNs = exchange.Loop.NowNs;
        exchange.Timings.HeadNs = exchange.Timings.StartedNs;
        exchange.Phase = Phase.Modules;
        request.CopyTo(exchange.Request);

        // A fetch has no content unless it is given some, and nobody who could wait for a 100.
        exchange.Request.BodyLength = BodyLength.None;
        exchange.Request.Fields.Remove(KnownField.Expect);
        return Passage.Begin(exchange, plan, this);
    }

    private ValueTask<FetchResult> Run(Passage passage, FetchFloor floor, bool yieldsFirst = false)
    {
        FetchStream stream = (FetchStream)passage.Exchange.Client;
        ((Loop)passage.Exchange.Loop).Observe(RunAsync(passage, stream, floor, yieldsFirst));
        return stream.Result;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RunAsync(Passage passage, FetchStream stream, FetchFloor floor, bool yieldsFirst)
    {
        Exchange exchange = passage.Exchange;
        ProxyError? error;
        try
        {
            if (yieldsFirst)
            {
                await exchange.Loop.YieldAsync();
            }

            // 1 the rest of the stacks, and the route between them
            Verdict verdict = await DecideAsync(passage, floor);

            // 2 pick, lease, send, read the head
            error = verdict == Verdict.Continue && exchange.Error is null ? await ForwardAsync(passage) : exchange.Error;

            // 3 the answer up to the module that asks
            error = verdict == Verdict.Abort ? ProxyErrors.ClientAborted : await AnswerAsync(passage, stream, floor, error);
        }
        catch (Exception exception)
        {
            // A module's exception, or a defect: the one place that turns it into an error.
            _end.OnException(exchange, passage.RunningModule, exception);
            error = ProxyErrors.ModuleFailed;
        }

        if (error is not null)
        {
            exchange.ResponseBody.Cancel();
        }

        stream.End(error);
        await passage.EndTryAsync();
        Finish(passage, floor, error);
        stream.Exchange = null;
        passage.Replay?.Release();
        passage.Reset();
        _exchanges.Return(exchange);
    }

    private static async ValueTask<Verdict> DecideAsync(Passage passage, FetchFloor floor)
    {
        if (passage.Site is { } site && floor.Site != FetchFloor.Nothing)
        {
            Verdict verdict = await StackRunner.DownAsync(site.Stack, passage, isRouteStack: false, FirstBelow(site.Stack, floor.Site));
            return verdict == Verdict.Continue ? await ExchangeRunner.RouteAsync(passage) : verdict;
        }

        return passage.Route is { } route
            ? await StackRunner.DownAsync(route.Stack, passage, isRouteStack: true, FirstBelow(route.Stack, floor.Route))
            : Verdict.Continue;
    }

    private static int FirstBelow(CompiledStack stack, int position)
    {
        int step = 0;
        while (step < stack.Requests.Length && stack.Requests[step].Position <= position)
        {
            step++;
        }

        return step;
    }

    private ValueTask<ProxyError?> ForwardAsync(Passage passage)
    {
        if (passage.Upstream is null)
        {
            return new(ProxyErrors.NoRoute);
        }

        RequestRules.PrepareForOrigin(passage);
        return _forwarder.ForwardAsync(passage);
    }

    private static async ValueTask<ProxyError?> AnswerAsync(Passage passage, FetchStream stream, FetchFloor floor, ProxyError? error)
    {
        Exchange exchange = passage.Exchange;
        if (error is not null)
        {
            exchange.Error = error;
            if (stream.IsGone || passage.Site is null)
            {
                return error;
            }

            ErrorAnswer.Make(passage, error);
        }
        else if (passage.Origin is { } origin)
        {
            ResponseRules.Receive(exchange, origin.ResponseBody);
        }

        await floor.UpAsync(passage);
        if (exchange.Error is { } remaining)
        {
            // No module put something in its place: who asked gets the error, not a page about it.
            return remaining;
        }

        floor.OpenFilters(passage);
        ResponseRules.Send(exchange);
        exchange.Phase = Phase.Body;
        return await ResponsePump.RunAsync(exchange);
    }

    private void Finish(Passage passage, FetchFloor floor, ProxyError? error)
    {
        Exchange exchange = passage.Exchange;
        exchange.Timings.EndedNs = exchange.Loop.NowNs;
        exchange.Error ??= error;
        exchange.EndedBy = exchange.Error?.Fault ?? Fault.None;
        exchange.Phase = exchange.Error?.Phase ?? Phase.Done;
        try
        {
            floor.Finish(passage);
        }
        catch (Exception exception)
        {
            // A module's exception after the answer changes nothing for who asked.
            _end.OnException(exchange, "finish", exception);
        }
    }
}
