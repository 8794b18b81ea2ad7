// Hot: runs for each request that passes the stack.
using System.Globalization;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Maintenance;

/// <summary>Keeps visitors out while work is done, and until it is seen that the work went well.</summary>
internal sealed class MaintenanceModule : IRequestModule, ITimedModule
{
    private const string Name = "maintenance";
    private const int LazyMs = 1_000;

    // An upgrade that was let in just before a window may become a tunnel within it.
    private const int TellAgainMs = 15_000;

    private readonly MaintenanceSchedule _schedule;
    private readonly MaintenancePage _page;
    private readonly IpPrefix[] _bypass;
    private readonly byte[]? _sessionCookie;
    private readonly long _retryAfterMs;
    private readonly Verifier? _verifier;
    private readonly Closure _closure;
    private readonly ModuleLog _log;
    private readonly Predicate<Exchange> _isKeptOut;
    private long _tellTunnelsAtMs;

    public MaintenanceModule(
        MaintenanceSchedule schedule, MaintenancePage page, MaintenanceOptions options, Verifier? verifier, Closure closure, ModuleLog log)
    {
        _schedule = schedule;
        _page = page;
        _bypass = [.. options.Bypass];
        _sessionCookie = options.SessionCookie is { } cookie ? Encoding.UTF8.GetBytes(cookie) : null;
        _retryAfterMs = (long)options.RetryAfter.TotalMilliseconds;
        _verifier = verifier;
        _closure = closure;
        _log = log;
        _isKeptOut = exchange => !MayBypass(exchange);
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        long nowMs = exchange.Loop.UnixMs;
        MaintenanceMoment moment = _schedule.At(nowMs);
        bool isUnverified = moment.Stage != MaintenanceStage.Closed && _verifier is not null && _closure.IsOwed(moment.LastEndMs, nowMs);
        if (moment.Stage == MaintenanceStage.Open && !isUnverified)
        {
            return new(Verdict.Continue);
        }

        if (MayBypass(exchange))
        {
            exchange.Trace?.Add(Name, "the client's address is in bypass");
            return new(Verdict.Continue);
        }

        if (isUnverified)
        {
            return new(Close(exchange, _verifier!.IntervalMs, "the origin is not verified yet"));
        }

        if (moment.Stage == MaintenanceStage.Closed)
        {
            long leftMs = moment.UntilMs == long.MaxValue ? _retryAfterMs : moment.UntilMs - nowMs;
            return new(Close(exchange, leftMs, "closed"));
        }

        return new(Drain(exchange));
    }

    /// <inheritdoc/>
    public int OnTime(ModulePlace place)
    {
        long nowMs = place.Loop.UnixMs;
        MaintenanceMoment moment = _schedule.At(nowMs);
        if (moment.Stage == MaintenanceStage.Closed)
        {
            BeClosed(place, moment);
            return LazyMs;
        }

        bool isOwed = _closure.IsOwed(moment.LastEndMs, nowMs);
        if (isOwed && _verifier is not null)
        {
            return _verifier.OnTime(place, _closure);
        }

        if (isOwed || _closure.IsUnknown)
        {
            _closure.SetOpen(nowMs);
        }

        long untilMs = moment.UntilMs - nowMs;
        return moment.Stage == MaintenanceStage.Draining || untilMs < LazyMs ? (int)Math.Min(untilMs, LazyMs) : LazyMs;
    }

    private void BeClosed(ModulePlace place, MaintenanceMoment moment)
    {
        if (!_closure.IsClosed)
        {
            _closure.SetClosed();
            string until = moment.UntilMs == long.MaxValue ? "" : $" until {DateTimeOffset.FromUnixTimeMilliseconds(moment.UntilMs):u}";
            _log.Note($"{place.Name}: closed{until}; open WebSockets are told to end.");
        }

        // The loop's own clock: the wall's may be set back.
        if (place.Loop.NowMs >= _tellTunnelsAtMs)
        {
            _tellTunnelsAtMs = place.Loop.NowMs + TellAgainMs;
            place.DrainTunnels(_isKeptOut);
        }
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
}
