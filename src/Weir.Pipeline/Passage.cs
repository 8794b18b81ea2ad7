// Hot: one for each exchange object, reused with it.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Fetching;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Plans;
using Weir.Upstream;

namespace Weir.Pipeline;

/// <summary>
/// An exchange's way through the pipeline: the plan it pinned, how deep it came, what it holds. Belongs to the exchange's loop.
/// </summary>
internal sealed class Passage : IFetcher
{
    private ValueTask<ProxyError?> _pump;
    private BodyReader? _pumped;
    private ReplayBody? _replay;
    private long _pumpEndedMs;
    private bool _keepsPlace;

    private readonly FetchRunner _fetches;

    private Passage(Exchange exchange, FetchRunner fetches)
    {
        Exchange = exchange;
        _fetches = fetches;
    }

    public Exchange Exchange { get; }

    /// <summary>The plan it pinned; dropped once a tunnel is established.</summary>
    public Plan Plan { get; set; } = null!;

    public SitePlan? Site { get; set; }

    public RoutePlan? Route { get; set; }

    public UpstreamState? Upstream { get; set; }

    public ServerState? Server { get; set; }

    /// <summary>The hold on an origin; released exactly once, by <see cref="ReleaseOrigin"/>.</summary>
    public OriginStream? Origin { get; set; }

    /// <summary>
    /// The server at which it holds a place of those that are limited; given up with the hold on the origin, or after it.
    /// </summary>
    public ServerState? Place { get; set; }

    /// <summary>The server that the client's cookie names, where it was picked for that.</summary>
    public ServerState? BoundTo { get; set; }

    /// <summary>Whether that cookie should be renewed.</summary>
    public bool IsCookieOld { get; set; }

    /// <summary>The other server of a hedged request: the one that does not hold the exchange.</summary>
    public ServerState? HedgedWith { get; set; }

    /// <summary>Tries that ended before anything was sent: they are among the exchange's retries, but cost no attempt.</summary>
    public int UnsentTries { get; set; }

    /// <summary>Keeps the request's content for another try; null where there is none.</summary>
    public ReplayBody? Replay { get; private set; }

    /// <summary>How many modules of the site's stack an answer passes: those with a lower position.</summary>
    public int SiteDepth { get; private set; }

    /// <summary>How many modules of the route's stack an answer passes.</summary>
    public int RouteDepth { get; private set; }

    /// <summary>The position of the module that runs, for fetches below it.</summary>
    public int RunningPosition { get; private set; }

    public bool IsInRouteStack { get; private set; }

    /// <summary>Whether the request's content is, or was, on its way to the origin of the current try.</summary>
    public bool HasPump { get; private set; }

    /// <summary>Whether that came to its end.</summary>
    public bool IsPumpDone { get; private set; }

    /// <summary>Why it ended early.</summary>
    public ProxyError? PumpError { get; private set; }

    public bool WantsUpgrade { get; set; }

    /// <summary>The number that decided the side of a split, for a client that has none yet.</summary>
    public uint SplitNumber { get; set; }

    /// <summary>Whether an origin's answer tells the client that number.</summary>
    public bool TellsSplitNumber { get; set; }

    private string? RunningName { get; set; }

    /// <summary>The passage of an exchange object, made once and reused.</summary>
    public static Passage Begin(Exchange exchange, Plan plan, FetchRunner fetches)
    {
        Passage passage = exchange.PipelineState as Passage ?? new Passage(exchange, fetches);
        exchange.PipelineState = passage;
        passage.Plan = plan;
        return passage;
    }

    public void EnterModule(bool isRouteStack, int position, string name)
    {
        IsInRouteStack = isRouteStack;
        RunningPosition = position;
        RunningName = name;
        Exchange.Loop.NoteModule(name);
        if (isRouteStack)
        {
            RouteDepth = position;
        }
        else
        {
            SiteDepth = position;
        }
    }

    public void LeaveStack(bool isRouteStack, int count)
    {
        RunningName = null;
        if (isRouteStack)
        {
            RouteDepth = count;
        }
        else
        {
            SiteDepth = count;
        }
    }

    /// <summary>The running module answered or aborted.</summary>
    public void Stop(Verdict verdict)
    {
        // Who passes on what a server answered has not answered itself.
        Exchange.AnsweredBy = Exchange.ServerName is null ? RunningName : null;
        Exchange.Trace?.Add(
            RunningName ?? "", verdict == Verdict.Answered ? $"answered with {Exchange.Response.Status}" : "aborted the connection");
    }

    /// <summary>The name of the module that runs, for reports.</summary>
    public string RunningModule => RunningName ?? "";

    /// <summary>Starts the pump of the request's content, beside everything else.</summary>
    public void StartPump(BodyReader body, OriginStream origin)
    {
        _pumped = body;
        HasPump = true;
        IsPumpDone = false;
        PumpError = null;
#pragma warning disable CA2012 // Awaited exactly once, in EndPumpAsync.
        _pump = RequestPump.RunAsync(this, body, origin);
#pragma warning restore CA2012
    }

    /// <summary>Keeps content while it is sent for the first time.</summary>
    public ReplayBody KeepForReplay(BodyReader source, int limitOctets)
    {
        _replay ??= new ReplayBody();
        _replay.Begin(Exchange.Loop, source, limitOctets);
        return Replay = _replay;
    }

    /// <summary>Called by the pump at its end.</summary>
    public void OnPumpDone(ProxyError? error)
    {
        IsPumpDone = true;
        PumpError = error;
        _pumpEndedMs = Exchange.Loop.NowMs;
    }

    /// <summary>
    /// Whether a time that counts from the whole request sent ends later than it was thought to, because content went out meanwhile, or
    /// still does: what bounds that are the limits of the client's content and of the origin's taking it.
    /// </summary>
    public bool TryMoveDeadline(int timeoutMs, ref long deadlineMs)
    {
        if (!HasPump)
        {
            return false;
        }

        long laterMs = (IsPumpDone ? _pumpEndedMs : Exchange.Loop.NowMs) + timeoutMs;
        if (laterMs <= deadlineMs)
        {
            return false;
        }

        deadlineMs = laterMs;
        return true;
    }

    /// <summary>Ends the pump if it still runs, waits for it, and gives the hold on the origin up.</summary>
    public ValueTask EndTryAsync()
    {
        if (!HasPump)
        {
            ReleaseOrigin();
            return default;
        }

        return EndPumpAsync();
    }

    /// <summary>As <see cref="EndTryAsync"/>, but the place at the server is kept: the next try goes there.</summary>
    public ValueTask EndTryInPlaceAsync()
    {
        _keepsPlace = true;
        return EndTryAsync();
    }

    public void ReleaseOrigin()
    {
        if (Origin is { } origin)
        {
            Origin = null;
            Exchange.Client.AbortWhenGone = null;
            origin.Release();
        }

        bool keepsPlace = _keepsPlace;
        _keepsPlace = false;
        if (!keepsPlace && Place is { } place)
        {
            Place = null;
            Upstream!.Queue.Leave(place, Exchange.Loop.Index);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask EndPumpAsync()
    {
        if (!IsPumpDone)
        {
            // The answer came before the request was sent whole: nobody wants the rest, and the connection is not fit for another one.
            _pumped!.Cancel();
            Origin?.Abort(ProxyErrors.ClientAborted);
        }

        await _pump;
        HasPump = false;
        _pump = default;
        _pumped = null;
        ReleaseOrigin();
    }

    /// <inheritdoc/>
    public ValueTask<FetchResult> FetchBelowAsync(
        Exchange exchange, RequestHead request, int deadlineMs, int windowOctets, PinnedBody? content, ClientStream? interims) =>
        _fetches.BelowAsync(this, request, new FetchStream((Loop)exchange.Loop, deadlineMs, windowOctets, interims), content);

    /// <inheritdoc/>
    public ValueTask<FetchResult> FetchUpstreamAsync(
        Exchange exchange, string upstream, RequestHead request, int deadlineMs, int windowOctets, PinnedBody? content) =>
        _fetches.UpstreamAsync(this, upstream, request, deadlineMs, windowOctets, content);

    /// <summary>Lets go of the plan, and of what of it only finish modules would need.</summary>
    public void DropPlan()
    {
        Plan = null!;
        if (Site is null or { Stack.Finishes.Length: 0 } && Route is null or { Stack.Finishes.Length: 0 })
        {
            Site = null;
            Route = null;
        }
    }

    /// <summary>Makes it ready for the next exchange of its object.</summary>
    public void Reset()
    {
        Plan = null!;
        Site = null;
        Route = null;
        Upstream = null;
        Server = null;
        Origin = null;
        Place = null;
        BoundTo = null;
        IsCookieOld = false;
        HedgedWith = null;
        UnsentTries = 0;
        Replay = null;
        SiteDepth = 0;
        RouteDepth = 0;
        RunningPosition = 0;
        IsInRouteStack = false;
        HasPump = false;
        IsPumpDone = false;
        PumpError = null;
        WantsUpgrade = false;
        SplitNumber = 0;
        TellsSplitNumber = false;
        RunningName = null;
        _pump = default;
        _pumped = null;
        _keepsPlace = false;
    }
}
