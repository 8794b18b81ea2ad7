using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Admin.Tests.Metrics;

/// <summary>A reader of the Prometheus text format that forgives nothing; it throws at the first line that is wrong.</summary>
internal sealed partial class PrometheusText
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private string _current = "";

    private PrometheusText()
    {
    }

    /// <summary>The samples by name and labels, as written.</summary>
    public Dictionary<string, double> Samples { get; } = new(StringComparer.Ordinal);

    /// <summary>The metrics and their types.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    public static PrometheusText Read(string text)
    {
        text.ShouldEndWith("\n");
        PrometheusText read = new();
        string? helped = null;
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                helped = help.Groups[1].Value;
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                read.Begin(type.Groups[1].Value, type.Groups[2].Value);
                read._current.ShouldBe(helped, "a metric's HELP stands in front of its TYPE");
            }
            else
            {
                read.Take(line);
            }
        }

        return read;
    }

    private void Begin(string name, string type)
    {
        _types.TryAdd(name, type).ShouldBeTrue($"{name} is declared twice");
        _closed.Add(_current);
        _closed.ShouldNotContain(name);
        _current = name;
    }

    private void Take(string line)
    {
        Match match = Sample().Match(line);
        match.Success.ShouldBeTrue($"no sample: {line}");
        string name = match.Groups[1].Value;
        string metric = _types[_current] == "histogram" ? HistogramSuffix().Replace(name, "") : name;
        metric.ShouldBe(_current, $"the samples of a metric stand together: {line}");
        (_types[_current] != "counter" || name.EndsWith("_total", StringComparison.Ordinal)).ShouldBeTrue(
            $"a counter's name ends in _total: {name}");
        string labels = match.Groups[2].Value;
        if (labels.Length > 0)
        {
            string[] names = [.. Label().Matches(labels).Select(label => label.Groups[1].Value)];
            names.ShouldBeUnique();
            string.Join(',', Label().Matches(labels).Select(label => label.Value)).ShouldBe(labels[1..^1]);
        }

        double value = double.Parse(match.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        Samples.TryAdd(name + labels, value).ShouldBeTrue($"a series is there twice: {line}");
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S(?:[^\\]|\\\\|\\n)*$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? ([+-]?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Inf|NaN))$""")]
    private static partial Regex Sample();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\\\\\|\\\\\"|\\\\n)*)\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}
