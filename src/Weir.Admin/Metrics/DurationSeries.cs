using System.Globalization;
using System.Text;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>
/// The duration histograms, one bucket a doubling from 8 µs to two minutes: the finer ones that they are recorded in would make ten times
/// as many series.
/// </summary>
public sealed class DurationSeries
{
    /// <summary>The metric's name.</summary>
    public const string Name = "weir_exchange_duration_seconds";

    /// <summary>The values of its label.</summary>
    public static IReadOnlyList<string> Phases { get; } =
        [.. Enumerable.Range(0, (int)TimedPhase.Count).Select(phase => ((TimedPhase)phase).ToString().ToLowerInvariant())];

    private const int BucketsADoubling = 8;
    private const int Doublings = 25;
    private const double NsPerSecond = 1e9;

    private static readonly byte[] _head = MetricsText.Head(Name, "histogram", "How long the phases of exchanges took.");

    private readonly CounterSet _counters;
    private readonly HistogramSnapshot _snapshot = new();
    private readonly byte[][][] _buckets;
    private readonly byte[][] _sums;
    private readonly byte[][] _counts;

    internal DurationSeries(CounterSet counters)
    {
        _counters = counters;
        _buckets = [.. Phases.Select(phase => Enumerable.Range(0, Doublings + 1).Select(doubling => Bucket(phase, doubling)).ToArray())];
        _sums = [.. Phases.Select(phase => Encoding.UTF8.GetBytes($"{Name}_sum{{phase=\"{phase}\"}} "))];
        _counts = [.. Phases.Select(phase => Encoding.UTF8.GetBytes($"{Name}_count{{phase=\"{phase}\"}} "))];
    }

    internal void Write(MetricsText text)
    {
        text.Write(_head);
        for (int phase = 0; phase < _buckets.Length; phase++)
        {
            _snapshot.Clear();
            for (int loop = 0; loop < _counters.LoopCount; loop++)
            {
                _counters.OfLoop(loop).Durations((TimedPhase)phase).AddTo(_snapshot);
            }

            long seen = 0;
            for (int doubling = 0; doubling < Doublings; doubling++)
            {
                for (int i = 0; i < BucketsADoubling; i++)
                {
                    seen += _snapshot.Buckets[(doubling * BucketsADoubling) + i];
                }

                text.Write(_buckets[phase][doubling]);
                text.End(seen);
            }

            text.Write(_buckets[phase][Doublings]);
            text.End(_snapshot.Count);
            text.Write(_sums[phase]);
            text.End(_snapshot.SumNs / NsPerSecond);
            text.Write(_counts[phase]);
            text.End(_snapshot.Count);
        }
    }

    private static byte[] Bucket(string phase, int doubling)
    {
        string bound = doubling == Doublings
            ? "+Inf"
            : (DurationHistogram.UpperBoundNs((doubling * BucketsADoubling) + BucketsADoubling - 1) / NsPerSecond).ToString(
                "0.#########", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"{Name}_bucket{{phase=\"{phase}\",le=\"{bound}\"}} ");
    }
}
