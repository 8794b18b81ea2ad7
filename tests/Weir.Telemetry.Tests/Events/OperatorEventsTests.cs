using Weir.Telemetry.Events;

namespace Weir.Telemetry.Tests.Events;

public sealed class OperatorEventsTests
{
    // The whole text, remedy and all, comes from the configuration's reader.
    private static readonly string[] _selfContained = ["config_doubt"];

    [Fact]
    public void Whatever_is_wrong_says_what_to_do() =>
        OperatorEvents.All.Where(happened => happened.Level >= EventLevel.Warning && happened.Remedy.Length == 0)
            .Select(happened => happened.Name).ShouldBe(_selfContained);

    [Fact]
    public void Every_event_says_what_happened_and_where()
    {
        foreach (OperatorEvent happened in OperatorEvents.All)
        {
            happened.Template.ShouldNotBeEmpty(happened.Name);
            happened.Name.ShouldMatch("^[a-z0-9_]+$");
            (happened.Remedy.Length == 0 || happened.Remedy[^1] == '.').ShouldBeTrue(happened.Name + ": a remedy is a sentence");
        }
    }

    [Fact]
    public void No_two_events_share_a_number_or_a_name()
    {
        OperatorEvents.All.Select(happened => happened.Id).ShouldBeUnique();
        OperatorEvents.All.Select(happened => happened.Name).ShouldBeUnique();
    }

    [Fact]
    public void The_journal_reads_the_level_from_the_line()
    {
        System.Text.StringBuilder line = new();
        LogRendering.WritePriority(new LogRecord(OperatorEvents.Started, 0, []), line);
        LogRendering.WritePriority(new LogRecord(OperatorEvents.DrainCut, 0, []), line);
        LogRendering.WritePriority(new LogRecord(OperatorEvents.ListenFailed, 0, []), line);
        line.ToString().ShouldBe("<6><4><3>");
    }
}
