namespace Weir.Telemetry.Counting;

/// <summary>What several histograms held together at a moment. For readers; not shared between threads.</summary>
public sealed class HistogramSnapshot
{
    private readonly long[] _buckets = new long[DurationHistogram.BucketCount];

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum in nanoseconds.</summary>
    public long SumNs { get; private set; }

    /// <summary>How many durations each bucket holds; bounds by <see cref="DurationHistogram.UpperBoundNs"/>.</summary>
    public IReadOnlyList<long> Buckets => _buckets;

    /// <summary>A duration in nanoseconds that the given share (0 to 1) of all durations does not exceed; 0 when there are none.</summary>
    public long QuantileNs(double share)
    {
        if (Count == 0)
        {
            return 0;
        }

        long wanted = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        long seen = 0;
        int bucket = -1;
        while (seen < wanted)
        {
            seen += _buckets[++bucket];
        }

        return DurationHistogram.UpperBoundNs(bucket);
    }

    /// <summary>Forgets everything, to be filled anew.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        Count = 0;
        SumNs = 0;
    }

    internal void AddBucket(int bucket, long count)
    {
        _buckets[bucket] += count;
        Count += count;
    }

    internal void AddSum(long ns) => SumNs += ns;
}
