namespace Weir.Bench.Eviction;

/// <summary>Requests as sequences of keys, the same in every run.</summary>
internal static class Traces
{
    private const int Seed = 7;
    private const int FirstStranger = 100_000_000;

    /// <summary>Some keys are asked for often, most seldom: the shape of web traffic.</summary>
    public static int[] Zipf(int keys, double skew, int length)
    {
        Random random = new(Seed);
        double[] sums = Sums(keys, skew);
        int[] names = Names(keys, random);
        int[] trace = new int[length];
        for (int i = 0; i < length; i++)
        {
            trace[i] = names[Draw(sums, random)];
        }

        return trace;
    }

    /// <summary>As Zipf, with keys that come once and never again in between: crawlers.</summary>
    public static int[] WithStrangers(int keys, double skew, int length, double share)
    {
        Random random = new(Seed + 1);
        int[] trace = Zipf(keys, skew, length);
        for (int i = 0; i < length; i++)
        {
            trace[i] = random.NextDouble() < share ? FirstStranger + i : trace[i];
        }

        return trace;
    }

    /// <summary>As Zipf, and now and then somebody reads everything in order.</summary>
    public static int[] WithScans(int keys, double skew, int length, int every, int scan)
    {
        int[] trace = Zipf(keys, skew, length);
        for (int start = every; start + scan < length; start += every)
        {
            for (int i = 0; i < scan; i++)
            {
                trace[start + i] = i;
            }
        }

        return trace;
    }

    /// <summary>As Zipf, but which keys are asked for often changes.</summary>
    public static int[] Drifting(int keys, double skew, int length, int phases)
    {
        int[] trace = new int[length];
        double[] sums = Sums(keys, skew);
        Random random = new(Seed + 2);
        int[] names = Names(keys, random);
        for (int i = 0; i < length; i++)
        {
            int shift = (int)((long)i * phases / length) * (keys / 50);
            trace[i] = names[(Draw(sums, random) + shift) % keys];
        }

        return trace;
    }

    /// <summary>The same keys in the same order again and again.</summary>
    public static int[] Loop(int keys, int length) => [.. Enumerable.Range(0, length).Select(i => i % keys)];

    private static double[] Sums(int keys, double skew)
    {
        double[] sums = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++)
        {
            sum += 1 / Math.Pow(i + 1, skew);
            sums[i] = sum;
        }

        return sums;
    }

    private static int[] Names(int keys, Random random)
    {
        int[] names = [.. Enumerable.Range(0, keys)];
        random.Shuffle(names);
        return names;
    }

    private static int Draw(double[] sums, Random random)
    {
        int place = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
        return Math.Min(place < 0 ? ~place : place, sums.Length - 1);
    }
}
