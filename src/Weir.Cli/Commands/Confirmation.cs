namespace Weir.Cli.Commands;

/// <summary>Asks before something that cannot be undone.</summary>
internal static class Confirmation
{
    /// <summary>
    /// Whether the person at the terminal says yes. Where nobody can be asked the answer is no, and standard error says how to go on.
    /// </summary>
    public static bool Ask(string question)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"weir: {question} Nobody can be asked here: give --yes.");
            return false;
        }

        Console.Error.Write($"{question} [y/N] ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
