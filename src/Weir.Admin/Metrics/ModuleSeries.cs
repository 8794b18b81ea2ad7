using System.Text;
using Weir.Abstractions.Modules;
using Weir.Control;

namespace Weir.Admin.Metrics;

/// <summary>What modules count. Their labels come from the configuration.</summary>
internal sealed class ModuleSeries
{
    private readonly IWeirControl _control;
    private IReadOnlyList<ModuleCounter> _counters = [];
    private byte[][] _rows = [];

    public ModuleSeries(IWeirControl control) => _control = control;

    public void Write(MetricsText text)
    {
        IReadOnlyList<ModuleCounter> now = _control.ModuleCounters;
        if (!ReferenceEquals(now, _counters))
        {
            _counters = now;
            _rows = [.. now.Select((counter, index) => Row(counter, index == 0 || now[index - 1].Metric != counter.Metric))];
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
            .. isFirst ? MetricsText.Head(counter.Metric, "counter", counter.Help) : [],
            .. Encoding.UTF8.GetBytes($"{counter.Metric}{{{labels}}} "),
        ];
    }
}
