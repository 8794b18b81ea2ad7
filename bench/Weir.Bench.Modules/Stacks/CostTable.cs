using System.Globalization;

namespace Weir.Bench.Modules.Stacks;

/// <summary>What each module costs a plain request, as a table in Markdown.</summary>
internal static class CostTable
{
    private const int TurnRounds = 41;
    private const int RequestsARound = 4096;

    /// <summary>Measures every stack in turns with none, and prints the rows.</summary>
    /// <param name="only">What the names of rows must hold; empty: all.</param>
    public static void Print(string only)
    {
        Console.WriteLine("| module | nanoseconds more | 95 % of it | octets allocated | |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        using Scenes scenes = new();
        foreach (Scene scene in scenes.All().Where(scene => scene.Name.Contains(only, StringComparison.Ordinal)))
        {
            Console.WriteLine(Row(scene));
        }
    }

    private static string Row(Scene scene)
    {
        using StackWorld without = new(scene with { Before = 0 }, "");
        using StackWorld with = new(scene, scene.Stack);
        int sweeps = Math.Max(RequestsARound / scene.Clients, 1);
        Rounds cost = Rounds.Compare(TurnRounds, () => without.Measure(sweeps), () => with.Measure(sweeps));
        double octets = with.Octets(sweeps);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {scene.Name} | {cost.Difference:0} | {cost.Low:0} to {cost.High:0} | {octets:0.#} | {scene.Note} |");
    }
}
