using System.Text.RegularExpressions;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Architecture.Tests.Documents;

/// <summary>A limit that a page promises exists, is counted, is told of and is proven.</summary>
public sealed partial class StayingUpTests
{
    private const string Page = "docs/guide/staying-up.md";

    private static readonly string[][] _rows =
    [
        .. Repository.Read(Page).Split('\n')
            .SkipWhile(line => !line.StartsWith("| against", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Every_row_names_an_option_a_counter_an_event_and_a_test()
    {
        _rows.Length.ShouldBeGreaterThan(12);
        _rows.Where(row => row.Length != 9 || row.Skip(1).SkipLast(1).Any(cell => cell.Length == 0)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_option_is_in_the_reference_with_that_default()
    {
        string reference = Repository.Read("docs/reference/configuration.md");
        foreach (string[] row in _rows.Where(row => row[3] != "fixed"))
        {
            string name = row[3].Trim('`').Split('.')[1];
            string written = row[4].Split(' ', ',')[0];
            reference.Split('\n').ShouldContain(
                line => line.Contains($"| `{name}` |", StringComparison.Ordinal) && line.Contains(written, StringComparison.Ordinal),
                row[3]);
        }
    }

    [Fact]
    public void Every_counter_exists()
    {
        HashSet<string> known =
            [.. Counters.All.Select(row => row.Label.Length == 0 ? row.Name : $"{row.Name}{{{row.Label}=\"{row.LabelValue}\"}}")];
        HashSet<string> families = [.. CounterFamilies.All.Select(family => family.Name)];
        string[] named = [.. CounterName().Matches(Repository.Read(Page)).Select(match => match.Groups[1].Value)];
        named.Length.ShouldBeGreaterThan(_rows.Length);
        named.Where(name => !known.Contains(name) && !families.Contains(name.Split('{')[0])).ShouldBeEmpty();
    }

    [Fact]
    public void Every_event_exists()
    {
        HashSet<string> known = [.. OperatorEvents.All.Select(happened => happened.Name)];
        _rows.Select(row => row[6].Trim('`')).Concat(["overload_began", "heavy_client_refused", "overload_ended"])
            .Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_test_exists()
    {
        string tests = string.Concat(Repository.FilesUnder("tests", "*.cs").Select(Repository.Read));
        _rows.Select(row => row[7].Trim('`')).Where(name => !tests.Contains($" {name}(", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("`(weir_[a-z0-9_]+(?:\\{[^}]*\\})?)`")]
    private static partial Regex CounterName();
}
