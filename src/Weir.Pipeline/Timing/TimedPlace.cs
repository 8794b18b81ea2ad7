using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Net.Loops;
using Weir.Pipeline.Plans;

namespace Weir.Pipeline.Timing;

/// <summary>The place of a module in one plan.</summary>
internal sealed class TimedPlace : ModulePlace
{
    private readonly Plan _plan;
    private readonly ExchangeRunner _runner;
    private readonly IReadOnlyList<Loop> _loops;

    public TimedPlace(Plan plan, TimedStep step, ExchangeRunner runner, IReadOnlyList<Loop> loops)
    {
        _plan = plan;
        Step = step;
        _runner = runner;
        _loops = loops;
        Name = step.Route is { } route ? $"site {step.Site.Name} route {route.Name}" : $"site {step.Site.Name}";
    }

    public TimedStep Step { get; }

    public override LoopServices Loop => _loops[0];

    public override string Name { get; }

    public override string Host => Step.Host;

    public override bool IsHttps => Step.Site.IsHttps;

    public override ValueTask<FetchResult> FetchBelowAsync(RequestHead request, int deadlineMs) =>
        _runner.Fetches.OwnAsync(_plan, Step, _loops[0], request, deadlineMs);

    public override void DrainTunnels(Predicate<Exchange> which)
    {
        foreach (Loop loop in _loops)
        {
            loop.Post(() => _runner.Tunnels[loop.Index].Drain(Step.Site.Name, Step.Route?.Name, which));
        }
    }
}
