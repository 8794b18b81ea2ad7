// Hot: several records for each exchange. No allocation after construction.
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weir.Telemetry.Counting;

/// <summary>
/// Durations in log-linear buckets: eight to each doubling, from 1 µs to 73 minutes, so that a quantile read from it is at most an
/// eighth too high. Written by one thread without atomics; any thread may read it and then sees each number as of some recent moment.
/// </summary>
public sealed class DurationHistogram
{
    /// <summary>How many buckets there are. The last one also holds everything longer.</summary>
    public const int BucketCount = ((MaxExponent - SubBits) * SubBuckets) + (2 * SubBuckets);

    private const int UnitShift = 10;
    private const int SubBits = 3;
    private const int SubBuckets = 1 << SubBits;
    private const int MaxExponent = 31;

    private readonly long[] _buckets = new long[BucketCount];
    private long _sumNs;

    /// <summary>Adds one duration in nanoseconds. A negative one counts as 0.</summary>
    public void Record(long ns)
    {
        long positive = Math.Max(ns, 0);
        _buckets[IndexOf(positive)]++;
        _sumNs += positive;
    }

    /// <summary>Adds what this histogram holds to a snapshot.</summary>
    public void AddTo(HistogramSnapshot snapshot)
    {
        for (int i = 0; i < BucketCount; i++)
        {
            snapshot.AddBucket(i, Volatile.Read(ref _buckets[i]));
        }

        snapshot.AddSum(Volatile.Read(ref _sumNs));
    }

    /// <summary>The longest duration that a bucket holds, in nanoseconds.</summary>
    public static long UpperBoundNs(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return ((bucket + 1L) << UnitShift) - 1;
        }

        int exponent = (bucket >> SubBits) + SubBits - 1;
        long sub = bucket & (SubBuckets - 1);
        return ((SubBuckets + sub + 1) << (exponent - SubBits + UnitShift)) - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int IndexOf(long ns)
    {
        ulong units = (ulong)ns >> UnitShift;
        if (units < SubBuckets)
        {
            return (int)units;
        }

        int exponent = BitOperations.Log2(units);
        if (exponent > MaxExponent)
        {
            return BucketCount - 1;
        }

        int sub = (int)(units >> (exponent - SubBits)) & (SubBuckets - 1);
        return ((exponent - SubBits + 1) << SubBits) + sub;
    }
}
