using System.CommandLine;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Hosting;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir check.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Option<string> file = ConfigFile.Option();
        Command command = new("check", "Reads a configuration and reports every error and warning; exit code 1 when there is an error.") { file };
        command.SetAction(result => Check(result.GetRequiredValue(file)));
        return command;
    }

    private static int Check(string file)
    {
        StandardModules modules = new();
        ConfigResult read = ConfigReader.Read(file, modules);
        List<ConfigError> errors = [.. read.Errors];
        if (read.Config is not null)
        {
            errors.AddRange(PlanCheck.Run(read.Config, modules));
        }

        if (ConfigFile.Report(errors))
        {
            return 1;
        }

        Console.Out.WriteLine($"{file} can be used.");
        return 0;
    }
}
