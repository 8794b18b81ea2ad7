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

    /// <summary>The second cost as a multiple of the first.</summary>
    public double Ratio => Second / First;

    /// <summary>Measures in turns; the first rounds, in which code is still compiled, do not count.</summary>
    public static Rounds Compare(int rounds, Func<double> first, Func<double> second)
    {
        const int Warmup = 4;
        double[] of1 = new double[rounds];
        double[] of2 = new double[rounds];
        for (int round = -Warmup; round < rounds; round++)
        {
            (double one, double two) = (first(), second());
            if (round >= 0)
            {
                (of1[round], of2[round]) = (one, two);
            }
        }

        double[] differences = [.. of1.Zip(of2, (one, two) => two - one).Order()];
        int reach = (int)Math.Ceiling(Normal95 * Math.Sqrt(rounds) / 2);
        double low = differences[Math.Max((rounds / 2) - reach, 0)];
        double high = differences[Math.Min((rounds / 2) + reach, rounds - 1)];
        return new Rounds(Median(of1), Median(of2), Median(differences), low, high);
    }

    /// <summary>A row of a table: both, the ratio, the difference and its interval.</summary>
    public string Row(string name) => string.Create(
        CultureInfo.InvariantCulture, $"{name,-42}{First,9:0.0}{Second,11:0.0}{Ratio,8:0.00}{Difference,9:0.0}  {Low:0.0} to {High:0.0}");

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
