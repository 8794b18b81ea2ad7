using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Shedding;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Tests.Shedding;

/// <summary>What is put in force, counted and told.</summary>
public sealed class OverloadWatchTests
{
    private static readonly OverloadPolicy _policy = OverloadPolicy.Of(new OverloadConfig());

    private readonly Overload _overload = new();
    private readonly CounterSet _counters = new(1, new FamilyLabels().With(CounterFamily.ProxyErrors, ["overloaded"]));
    private readonly KeptEvents _events = new();
    private readonly OverloadWatch _watch;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public OverloadWatchTests() => _watch = new OverloadWatch(_overload, _counters, new WeirLog(_events), 0);

    [Fact]
    public void Each_level_is_put_in_force_counted_once_and_told()
    {
        Look(new OverloadSample(0.93, 0, 0));
        _overload.RefusesHeavyClients.ShouldBeTrue();
        _overload.RefusesLowPriority.ShouldBeFalse();
        Look(new OverloadSample(0.94, 0, 0), 2);
        _overload.RefusesLowPriority.ShouldBeTrue();
        _counters.Total(Counter.OverloadsMemory).ShouldBe(1);
        _events.Texts.Count(text => text.Contains("limits.overload.memory is 90%, and it is 9", StringComparison.Ordinal)).ShouldBe(2);
        _watch.State.Level.ShouldBe(LoadLevel.LowPriority);
        _watch.State.Since.ShouldBe(DateTimeOffset.UnixEpoch);

        Look(new OverloadSample(0.1, 0, 0), 8);
        _overload.Level.ShouldBe(LoadLevel.Normal);
        _events.Texts.Last().ShouldContain("as it should be again after 5 s");
    }

    [Fact]
    public void The_message_names_the_threshold_and_its_option()
    {
        Look(new OverloadSample(0, 400, 0), 2);
        string text = _events.Texts.Single();
        text.ShouldContain("limits.overload.lag is 250ms, and it is 400ms");
        text.ShouldContain("Raise that threshold");
    }

    private void Look(OverloadSample sample, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            _watch.Look(sample, _policy, _now);
            _now = _now.AddMilliseconds(OverloadWatch.PeriodMs);
        }
    }
}
