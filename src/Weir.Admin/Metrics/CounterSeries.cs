using System.Text;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>The counters and families of Telemetry's tables.</summary>
internal sealed class CounterSeries
{
    private const double NsPerSecond = 1e9;

    private readonly CounterSet _counters;
    private readonly byte[][] _rows;
    private readonly byte[][][] _families;

    public CounterSeries(CounterSet counters)
    {
        _counters = counters;
        _rows = new byte[Counters.All.Count][];
        string last = "";
        for (int i = 0; i < _rows.Length; i++)
        {
            CounterDefinition row = Counters.All[i];
            byte[] sample = Encoding.UTF8.GetBytes(
                row.Label.Length == 0 ? row.Name + " " : $"{row.Name}{{{row.Label}=\"{MetricsText.Escape(row.LabelValue)}\"}} ");
            _rows[i] = row.Name == last ? sample : [.. MetricsText.Head(row.Name, LiveSeries.Word(row.Kind), row.Help), .. sample];
            last = row.Name;
        }

        _families = [.. CounterFamilies.All.Select(Family)];
    }

    public void Write(MetricsText text)
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            text.Write(_rows[i]);
            long value = _counters.Total((Counter)i);
            if (Counters.All[i].Unit == CounterUnit.Nanoseconds)
            {
                text.End(value / NsPerSecond);
            }
            else
            {
                text.End(value);
            }
        }

        for (int family = 0; family < _families.Length; family++)
        {
            for (int i = 0; i < _families[family].Length; i++)
            {
                text.Write(_families[family][i]);
                text.End(_counters.Total((CounterFamily)family, i));
            }
        }
    }

    private byte[][] Family(CounterFamilyDefinition family)
    {
        byte[] head = MetricsText.Head(family.Name, "counter", family.Help);
        return
        [
            .. _counters.Labels.Of(family.Family).Select((label, index) => (byte[])
            [
                .. index == 0 ? head : [],
                .. Encoding.UTF8.GetBytes($"{family.Name}{{{family.Label}=\"{MetricsText.Escape(label)}\"}} "),
            ]),
        ];
    }
}
