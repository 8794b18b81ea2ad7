using System.Diagnostics;
using System.Globalization;

namespace Weir.Testing;

/// <summary>
/// Runs a check over made inputs: so many by default, for WEIR_FUZZ_SECONDS when that is set. The seed is printed, and WEIR_FUZZ_SEED
/// repeats it.
/// </summary>
internal static class FuzzRun
{
    private const int DefaultInputs = 20_000;

    /// <summary>Runs it; a check returns what is wrong, or null.</summary>
    public static void Run(ITestOutputHelper output, Func<Random, string> makeInput, Func<string, string?> check)
    {
        int seed = Seed(output);
        Random random = new(seed);
        Repeat(DefaultInputs, () =>
        {
            string input = makeInput(random);
            Judge(seed, input, () => check(input));
        });
    }

    /// <summary>The seed of this run, which is printed.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        int seed = Setting("WEIR_FUZZ_SEED") ?? Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    /// <summary>Does it so many times, or for the time that is asked for. Returns how many times it was.</summary>
    public static long Repeat(long defaultRounds, Action round)
    {
        int? seconds = Setting("WEIR_FUZZ_SECONDS");
        long start = Stopwatch.GetTimestamp();
        long count = 0;
        while (seconds is null ? count < defaultRounds : Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            round();
            count++;
        }

        return count;
    }

    /// <summary>Fails with the seed and the input where the check finds something wrong or throws.</summary>
    public static void Judge(int seed, string input, Func<string?> check)
    {
        string? fault;
        try
        {
            fault = check();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            fault = exception.ToString();
        }

        if (fault is not null)
        {
            Assert.Fail($"seed {seed}, input {System.Text.Json.JsonSerializer.Serialize(input)}\n{fault}");
        }
    }

    /// <summary>Pieces in random order, and now and then a random octet (Latin-1).</summary>
    public static string Pieces(Random random, int most, params ReadOnlySpan<string> pieces)
    {
        System.Text.StringBuilder text = new();
        for (int left = random.Next(most + 1); left > 0; left--)
        {
            text.Append(random.Next(40) == 0 ? ((char)random.Next(256)).ToString() : pieces[random.Next(pieces.Length)]);
        }

        return text.ToString();
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;
}
