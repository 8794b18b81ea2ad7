using System.Diagnostics;
using System.Globalization;

namespace Weir.Bench.Http;

/// <summary>Times one operation and prints a line.</summary>
internal static class Measurement
{
    private const int Rounds = 400;
    private const int RoundMs = 1;
    private const int WarmUpRounds = 600;

    /// <summary>What the operations returned, so that none is optimised away.</summary>
    public static long Sink { get; private set; }

    /// <summary>A part of the names to run; empty runs all.</summary>
    public static string Only { get; set; } = "";

    /// <summary>Runs the operation for about a second; prints the best and the median round.</summary>
    public static void Print(string name, Func<int> operation)
    {
        operation();
        if (!name.Contains(Only, StringComparison.Ordinal))
        {
            return;
        }

        const int Batch = 500;
        double[] rounds = new double[Rounds];
        for (int round = -WarmUpRounds; round < Rounds; round++)
        {
            long count = 0;
            long start = Stopwatch.GetTimestamp();
            TimeSpan took;
            do
            {
                for (int i = 0; i < Batch; i++)
                {
                    Sink += operation();
                }

                count += Batch;
                took = Stopwatch.GetElapsedTime(start);
            }
            while (took.TotalMilliseconds < RoundMs);

            if (round >= 0)
            {
                rounds[round] = took.TotalNanoseconds / count;
            }
        }

        Array.Sort(rounds);
        double median = rounds[Rounds / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30} {rounds[0],8:F1} ns best {median,8:F1} ns median"));
    }
}
