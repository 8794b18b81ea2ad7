// Hot: runs for each request that passes the stack.
using System.Globalization;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Maintenance;

/// <summary>Keeps visitors out while work is done, and until it is seen that the work went well.</summary>
internal sealed class MaintenanceModule : IRequestModule
{
    private const string Name = "maintenance";

    private readonly MaintenanceSchedule _schedule;
    private readonly MaintenancePage _page;
    private readonly IpPrefix[] _bypass;
    private readonly byte[]? _sessionCookie;
    private readonly long _retryAfterMs;
    private readonly Verifier? _verifier;

    public MaintenanceModule(
        MaintenanceSchedule schedule, MaintenancePage page, IpPrefix[] bypass, byte[]? sessionCookie, long retryAfterMs, Verifier? verifier)
    {
        _schedule = schedule;
        _page = page;
        _bypass = bypass;
        _sessionCookie = sessionCookie;
        _retryAfterMs = retryAfterMs;
        _verifier = verifier;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        long nowMs = exchange.Loop.UnixMs;
        MaintenanceMoment moment = _schedule.At(nowMs);
        bool mustVerify = moment.Stage != MaintenanceStage.Closed && _verifier?.IsNeeded(moment.LastEndMs, nowMs) == true;
        if (moment.Stage == MaintenanceStage.Open && !mustVerify)
        {
            return new(Verdict.Continue);
        }

        if (MayBypass(exchange))
        {
            exchange.Trace?.Add(Name, "the client's address is in bypass");
            return new(Verdict.Continue);
        }

        if (mustVerify)
        {
            return exchange.IsHypothetical ? new(Close(exchange, _verifier!.IntervalMs, "the origin is not verified yet")) : VerifyAsync(exchange, moment);
        }

        if (moment.Stage == MaintenanceStage.Closed)
        {
            long leftMs = moment.UntilMs == long.MaxValue ? _retryAfterMs : moment.UntilMs - nowMs;
            return new(Close(exchange, leftMs, "closed"));
        }

        return new(Drain(exchange));
    }

    private bool MayBypass(Exchange exchange) => IpPrefix.AnyContains(_bypass, exchange.ClientAddress);

    // Known visitors finish what they began; a connection that is kept alive would bring them back in the middle of the window.
    private Verdict Drain(Exchange exchange)
    {
        exchange.MustClose = true;
        if (_sessionCookie is null || CookieFields.TryFind(exchange.Request.Fields, _sessionCookie, out _))
        {
            exchange.Trace?.Add(Name, "draining, a window begins soon: served, and the connection closes");
            return Verdict.Continue;
        }

        return Close(exchange, _retryAfterMs, "draining, and the client has no session");
    }

    private Verdict Close(Exchange exchange, long retryAfterMs, string why)
    {
        _page.Answer(exchange, retryAfterMs);
        exchange.Trace?.Add(Name, string.Create(CultureInfo.InvariantCulture, $"{why}: {exchange.Response.Status}"));
        return Verdict.Answered;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> VerifyAsync(Exchange exchange, MaintenanceMoment moment)
    {
        if (!await _verifier!.VerifyAsync(exchange, moment.LastEndMs))
        {
            return Close(exchange, _verifier.IntervalMs, "the origin is not verified yet");
        }

        exchange.Trace?.Add(Name, "the origin is verified: open");
        return moment.Stage == MaintenanceStage.Draining ? Drain(exchange) : Verdict.Continue;
    }
}
