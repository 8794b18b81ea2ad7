using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Plans;

namespace Weir.Pipeline.Timing;

/// <summary>
/// Calls the modules that act by the clock, on one loop. Not armed while the plan in force has none; whoever swaps plans starts it again.
/// </summary>
public sealed class ModuleClock : LoopTimer
{
    private const int LongestMs = 1_000;
    private const int ShortestMs = 50;

    private readonly ExchangeRunner _runner;
    private readonly IReadOnlyList<Loop> _loops;
    private readonly Loop _loop;
    private Plan? _plan;
    private TimedPlace[] _places = [];

    /// <summary>A clock on the first of the loops, for the plan that the runner has in force.</summary>
    public ModuleClock(ExchangeRunner runner, IReadOnlyList<Loop> loops)
    {
        _runner = runner;
        _loops = loops;
        _loop = loops[0];
    }

    /// <summary>Looks at the plan in force; on its loop.</summary>
    public void Start()
    {
        _loop.AssertCurrent();
        Follow();
        if (_places.Length > 0)
        {
            _loop.Arm(this, 1);
        }
    }

    /// <summary>Calls nobody any more; on its loop.</summary>
    public void Stop() => _loop.Disarm(this);

    /// <inheritdoc/>
    protected override void OnDue()
    {
        Follow();
        int waitMs = LongestMs;
        foreach (TimedPlace place in _places)
        {
            waitMs = Math.Min(waitMs, Call(place));
        }

        if (_places.Length > 0)
        {
            _loop.Arm(this, Math.Max(waitMs, ShortestMs));
        }
    }

    /// <inheritdoc/>
    protected override void OnReady()
    {
    }

    private int Call(TimedPlace place)
    {
        try
        {
            return place.Step.Module.OnTime(place);
        }
        catch (Exception exception)
        {
            // A module's exception: it is told of, and the other modules still have their time.
            _loop.ReportFailure(exception);
            return LongestMs;
        }
    }

    private void Follow()
    {
        Plan plan = _runner.CurrentPlan;
        if (!ReferenceEquals(plan, _plan))
        {
            _plan = plan;
            _places = [.. plan.Timed.Select(step => new TimedPlace(plan, step, _runner, _loops))];
        }
    }
}
