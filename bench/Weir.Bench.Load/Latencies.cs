namespace Weir.Bench.Load;

/// <summary>Counts of latencies, exact to a microsecond up to two seconds. Recording allocates nothing.</summary>
internal sealed class Latencies
{
    private const int Buckets = 2_000_000;

    private readonly int[] _counts = new int[Buckets];
    private long _total;

    /// <summary>The longest one, exact also beyond the buckets.</summary>
    public long Maximum { get; private set; }

    public void Record(long microseconds)
    {
        _counts[Math.Clamp(microseconds, 0, Buckets - 1)]++;
        _total++;
        Maximum = Math.Max(Maximum, microseconds);
    }

    /// <summary>The smallest latency that at least this share of the requests did not exceed.</summary>
    public long At(double share)
    {
        long wanted = (long)Math.Ceiling(_total * share);
        long seen = 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return i == Buckets - 1 ? Maximum : i;
            }
        }

        return Maximum;
    }
}
