// Hit ratios of eviction policies on generated traces: dotnet run -c Release --project bench/Weir.Bench.Eviction
using Weir.Bench.Eviction;

const int Keys = 200_000;
const int Length = 2_000_000;

(string Name, int[] Trace)[] traces =
[
    ("Zipf 0.7", Traces.Zipf(Keys, 0.7, Length)),
    ("Zipf 0.9", Traces.Zipf(Keys, 0.9, Length)),
    ("Zipf 1.1", Traces.Zipf(Keys, 1.1, Length)),
    ("Zipf 0.9, 30 % asked once", Traces.WithStrangers(Keys, 0.9, Length, 0.3)),
    ("Zipf 0.9 and scans of 50,000", Traces.WithScans(Keys, 0.9, Length, 250_000, 50_000)),
    ("Zipf 0.9 that drifts", Traces.Drifting(Keys, 0.9, Length, 40)),
    ("loop of 25,000", Traces.Loop(25_000, Length)),
];

(string Name, Func<int, IPolicy> Make)[] policies =
[
    ("LRU", capacity => new Lru(capacity)),
    ("S3-FIFO, 2", capacity => new S3Fifo(capacity, 2)),
    ("S3-FIFO, 1", capacity => new S3Fifo(capacity, 1)),
    ("S3-FIFO in segments", capacity => new SegmentFifo(capacity)),
    ("W-TinyLFU", capacity => new WindowTinyLfu(capacity)),
];

Console.WriteLine($"Hit ratio in % of {Length:N0} requests over {Keys:N0} keys.");
Console.WriteLine();
Console.WriteLine($"| trace | objects | {string.Join(" | ", policies.Select(policy => policy.Name))} |");
Console.WriteLine($"| --- | ---: |{string.Concat(policies.Select(_ => " ---: |"))}");
foreach ((string name, int[] trace) in traces)
{
    foreach (int capacity in new[] { 2_000, 20_000 })
    {
        IEnumerable<string> ratios = policies.Select(policy => $"{Ratio(policy.Make(capacity), trace):F1}");
        Console.WriteLine($"| {name} | {capacity:N0} | {string.Join(" | ", ratios)} |");
    }
}

static double Ratio(IPolicy policy, int[] trace)
{
    int hits = 0;
    foreach (int key in trace)
    {
        hits += policy.Ask(key) ? 1 : 0;
    }

    return 100.0 * hits / trace.Length;
}
