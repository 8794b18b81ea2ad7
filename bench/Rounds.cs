using System.Diagnostics;
using System.Globalization;

namespace Weir.Bench;

/// <summary>
/// Compares two costs on a noisy machine: they are measured in turns, so that noise hits both alike, and what counts is the median of each
/// and of their difference, with the interval in which that median lies with 95 % certainty (of the ordered differences, by the binomial
/// law).
/// </summary>
internal readonly record struct Rounds(double First, double Second, double Difference, double Low, double High)
{
    private const double Normal95 = 1.96;

    // What Weir spends on a plain request (bench/cost.py small), in nanoseconds: the least that a decision is a part of.
    private const double RequestNs = 11_000;

    private static readonly TimeSpan _warmup = TimeSpan.FromSeconds(2);

    /// <summary>The head of a table of rows.</summary>
    public static string Head(string title, string first, string second) =>
        $"{title,-42}{first,9}{second,11}{"more",9}  {"95 % of it",-20}{"a request",10}";

    /// <summary>Measures in turns; the first seconds, in which code is compiled, observed and compiled once more, do not count.</summary>
    public static Rounds Compare(int rounds, Func<double> first, Func<double> second)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < _warmup)
        {
            first();
            second();
        }

        double[] of1 = new double[rounds];
        double[] of2 = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            (of1[round], of2[round]) = (first(), second());
        }

        double[] differences = [.. of1.Zip(of2, (one, two) => two - one).Order()];
        int reach = (int)Math.Ceiling(Normal95 * Math.Sqrt(rounds) / 2);
        double low = differences[Math.Max((rounds / 2) - reach, 0)];
        double high = differences[Math.Min((rounds / 2) + reach, rounds - 1)];
        return new Rounds(Median(of1), Median(of2), Median(differences), low, high);
    }

    /// <summary>A row: both, the difference and its interval; what a request with the second costs over one with the first.</summary>
    public string Row(string name)
    {
        string interval = string.Create(CultureInfo.InvariantCulture, $"{Low:0.0} to {High:0.0}");
        double ofRequest = (RequestNs + First + Difference) / (RequestNs + First);
        return string.Create(
            CultureInfo.InvariantCulture, $"{name,-42}{First,9:0.0}{Second,11:0.0}{Difference,9:0.0}  {interval,-20}{ofRequest,10:0.000}");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
