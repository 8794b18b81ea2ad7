using System.Text;
using Weir.Abstractions.Modules;
using Weir.Control;

namespace Weir.Admin.Metrics;

/// <summary>What modules count. Their labels come from the configuration.</summary>
internal sealed class ModuleSeries
{
    private readonly IWeirControl _control;
    private IReadOnlyList<ModuleCounter> _seen = [];
    private IReadOnlyList<ModuleCounter> _counters = [];
    private byte[][] _rows = [];

    public ModuleSeries(IWeirControl control) => _control = control;

    public void Write(MetricsText text)
    {
        IReadOnlyList<ModuleCounter> now = _control.ModuleCounters;
        if (!ReferenceEquals(now, _seen))
        {
            // Two modules of one name in one stack have the same labels: a scrape with a series twice would be refused whole.
            _seen = now;
            _counters = [.. now.DistinctBy(counter => $"{counter.Metric} {string.Join(' ', counter.Labels)}", StringComparer.Ordinal)];
            _rows = [.. _counters.Select((counter, index) => Row(counter, index == 0 || _counters[index - 1].Metric != counter.Metric))];
        }

        for (int i = 0; i < _rows.Length; i++)
        {
            text.Write(_rows[i]);
            text.End(_counters[i].Value);
        }
    }

    private static byte[] Row(ModuleCounter counter, bool isFirst)
    {
        string labels = string.Join(',', counter.Labels.Select(label => $"{label.Label}=\"{MetricsText.Escape(label.Value)}\""));
        return
        [
            .. isFirst ? MetricsText.Head(counter.Metric, counter is ModuleGauge ? "gauge" : "counter", counter.Help) : [],
            .. Encoding.UTF8.GetBytes($"{counter.Metric}{{{labels}}} "),
        ];
    }
}
