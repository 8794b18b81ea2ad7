using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Health;

/// <summary>
/// Asks one server, for the whole process, at its interval: on one loop, with that loop's timers. Started once and stopped once, from any
/// thread; everything else happens on its loop.
/// </summary>
internal sealed class HealthProber
{
    // The first question comes soon, but not together with those of all other servers.
    private const int FirstWithinMs = 1_000;

    private readonly UpstreamState _upstream;
    private readonly ServerState _server;
    private readonly HealthCheck _check;
    private readonly Loop _loop;
    private readonly LoopCounters _counters;
    private readonly WeirLog _log;
    private readonly Clock _clock;
    private CheckStreak _streak;
    private volatile bool _isStopped;
    private volatile bool _forgives;
    private bool _isAsking;

    public HealthProber(
        UpstreamState upstream, ServerState server, ActiveHealthPolicy policy, HealthCheck check, Loop loop, LoopCounters counters, WeirLog log)
    {
        _upstream = upstream;
        _server = server;
        Policy = policy;
        _check = check;
        _loop = loop;
        _counters = counters;
        _log = log;
        _streak = new CheckStreak(policy.Rise, policy.Fall, isFailing: false, isKnown: false);
        _clock = new Clock(this);
    }

    /// <summary>How it asks.</summary>
    public ActiveHealthPolicy Policy { get; }

    /// <summary>Begins to ask.</summary>
    public void Start() => _loop.Post(static prober => ((HealthProber)prober!).ArmFirst(), this);

    /// <summary>Ends: no verdict is taken any more, not even that of a question which is under way.</summary>
    /// <param name="forgives">Whether what checks have found counts no more: nobody will ask again.</param>
    public void Stop(bool forgives = false)
    {
        _forgives = forgives;
        _isStopped = true;
        _loop.Post(static prober => ((HealthProber)prober!).End(), this);
    }

    private void ArmFirst()
    {
        if (_isStopped)
        {
            return;
        }

        // Only now, on the loop, where the prober before this one has ended.
        _streak = new CheckStreak(Policy.Rise, Policy.Fall, _server.IsFailingChecks, !_server.IsAwaitingChecks);
        _loop.Arm(_clock, 1 + Draw(Math.Min(Policy.IntervalMs, FirstWithinMs)));
    }

    private void End()
    {
        _loop.Disarm(_clock);
        if (_isAsking)
        {
            _check.Abort();
        }

        if (!_forgives)
        {
            return;
        }

        _server.IsAwaitingChecks = false;
        if (_server.IsFailingChecks)
        {
            _server.SetFailingChecks(false, _loop.NowMs);
            Note(ServerHealth.Healthy, "it is not checked any more", OperatorEvents.ServerUp);
        }
    }

    private void OnDue()
    {
        if (_isAsking)
        {
            _check.Abort();
            return;
        }

        _loop.Observe(AskAsync());
    }

    private async ValueTask AskAsync()
    {
        long beganMs = _loop.NowMs;
        _isAsking = true;
        _loop.Arm(_clock, Policy.TimeoutMs);
        try
        {
            CheckVerdict verdict = await _check.AskAsync();
            if (!_isStopped)
            {
                Take(verdict, beganMs);
            }
        }
        finally
        {
            // Whatever happened, the server is asked again.
            _isAsking = false;
            _loop.Disarm(_clock);
            if (!_isStopped)
            {
                _loop.Arm(_clock, Math.Max(NextIntervalMs() - (_loop.NowMs - beganMs), 1));
            }
        }
    }

    private void Take(CheckVerdict verdict, long beganMs)
    {
        _counters.Add(verdict.IsGood ? Counter.HealthChecksPassed : Counter.HealthChecksFailed);
        CheckTurn turn = _streak.Take(verdict.IsGood);
        long nowMs = _loop.NowMs;
        if (verdict.IsGood && _server.Health.TryEndEarly(beganMs, nowMs))
        {
            Note(ServerHealth.Healthy, $"{verdict.Reason}; it was set aside before", OperatorEvents.ServerUp);
        }

        switch (turn)
        {
            case CheckTurn.Known:
                _server.IsAwaitingChecks = false;
                Note(ServerHealth.Healthy, verdict.Reason, null);
                break;
            case CheckTurn.Fell:
                _server.SetFailingChecks(true, nowMs);
                _server.IsAwaitingChecks = false;
                Note(ServerHealth.Failing, InARow(verdict.Reason), OperatorEvents.ServerDown);
                break;
            case CheckTurn.Rose:
                _server.SetFailingChecks(false, nowMs);
                Note(ServerHealth.Healthy, InARow(verdict.Reason), OperatorEvents.ServerUp);
                break;
        }
    }

    private void Note(ServerHealth health, string reason, OperatorEvent? operatorEvent)
    {
        _server.History.Add(new HealthEvent(_loop.UnixMs, health, reason));
        if (operatorEvent is not null)
        {
            _log.Write(operatorEvent, _upstream.Name, _server.Name, reason);
            _upstream.ReviewPanic(_loop.NowMs);
        }
    }

    private string InARow(string reason) => _streak.Length == 1 ? reason : $"{reason} ({_streak.Length} checks in a row)";

    // A tenth more or less: probers of many servers and processes that began together drift apart.
    private int NextIntervalMs() => Policy.IntervalMs - (Policy.IntervalMs / 10) + Draw((Policy.IntervalMs / 5) + 1);

    private int Draw(int bound) => (int)(_loop.NextRandom() % (ulong)bound);

    private sealed class Clock : LoopTimer
    {
        private readonly HealthProber _prober;

        public Clock(HealthProber prober) => _prober = prober;

        protected override void OnDue() => _prober.OnDue();

        protected override void OnReady()
        {
            // Only ever armed, never scheduled.
        }
    }
}
