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
        int seed = Setting("WEIR_FUZZ_SEED") ?? Random.Shared.Next();
        int? seconds = Setting("WEIR_FUZZ_SECONDS");
        Random random = new(seed);
        output.WriteLine($"seed {seed}");
        long start = Stopwatch.GetTimestamp();
        for (long count = 0; seconds is null ? count < DefaultInputs : Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; count++)
        {
            string input = makeInput(random);
            string? fault;
            try
            {
                fault = check(input);
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
