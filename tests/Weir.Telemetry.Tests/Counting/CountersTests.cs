using System.Text.RegularExpressions;
using Weir.Telemetry.Counting;

namespace Weir.Telemetry.Tests.Counting;

public sealed class CountersTests
{
    [Fact]
    public void Every_counter_has_a_row_in_prometheus_form()
    {
        Counters.All.Count.ShouldBe((int)Counter.Count);
        foreach (CounterDefinition row in Counters.All)
        {
            Counters.Of(row.Counter).ShouldBeSameAs(row);
            row.Name.ShouldMatch("^weir_[a-z0-9_]+$");
            row.Name.EndsWith("_total", StringComparison.Ordinal).ShouldBe(row.Kind == CounterKind.Counter, row.Name);
            row.Help.ShouldEndWith(".");
            row.Name.Contains("_bytes", StringComparison.Ordinal).ShouldBe(row.Unit == CounterUnit.Octets, row.Name);
            row.Name.Contains("_seconds", StringComparison.Ordinal).ShouldBe(row.Unit == CounterUnit.Nanoseconds, row.Name);
        }
    }

    [Fact]
    public void Rows_of_one_metric_stand_together_and_differ_by_their_label()
    {
        foreach (IGrouping<string, CounterDefinition> metric in Counters.All.GroupBy(row => row.Name))
        {
            CounterDefinition[] rows = [.. metric];
            rows.Select(row => row.LabelValue).Distinct().Count().ShouldBe(rows.Length, metric.Key);
            rows.Select(row => (row.Label, row.Kind, row.Unit, row.Help)).Distinct().Count().ShouldBe(1, metric.Key);
            ((int)rows[^1].Counter - (int)rows[0].Counter).ShouldBe(rows.Length - 1, metric.Key);
            rows.ShouldAllBe(row => Regex.IsMatch(row.LabelValue, "^[a-z0-9_]*$"));
        }
    }

    [Fact]
    public void Every_family_has_a_row()
    {
        CounterFamilies.All.Count.ShouldBe((int)CounterFamily.Count);
        for (CounterFamily family = default; family < CounterFamily.Count; family++)
        {
            CounterFamilies.Of(family).Family.ShouldBe(family);
        }
    }
}
