using System.CommandLine;
using Weir.Abstractions.Options;
using Weir.Config.Writing;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir check.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Option<string> file = ConfigFile.Option();
        Option<bool> effective = new("--effective") { Description = "Print the configuration with every default and include in its place." };
        Command command = new("check", """
            Reads a configuration and reports every error and warning at once, each with line, column, cause and remedy.
            Then it lists the modules that requests pass, in order, with their lines. Exit code 1 when there is an error.

            Example:  weir check -c weir.yaml
                      weir check -c weir.yaml --effective > effective.yaml
            """) { file, effective };
        command.SetAction(result => Check(result.GetRequiredValue(file), result.GetValue(effective)));
        return command;
    }

    private static int Check(string file, bool isEffective)
    {
        if (ConfigFile.Read(file, new StandardModules(), out IReadOnlyList<ConfigError> errors) is not { } config)
        {
            Console.Error.WriteLine($"{file} cannot be used: {Count(errors.Count(error => !error.IsWarning), "error")}.");
            return 1;
        }

        if (isEffective)
        {
            Console.Out.Write(EffectiveConfig.Write(config));
        }

        // In the effective configuration the list is a comment, so that the whole output reads back.
        foreach (string line in StackListing.Lines(config))
        {
            Console.Out.WriteLine(isEffective ? "# " + line : line);
        }

        if (!isEffective)
        {
            Console.Out.WriteLine($"{file} can be used{(errors.Count > 0 ? $", with {Count(errors.Count, "warning")}" : "")}.");
        }

        return 0;
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
