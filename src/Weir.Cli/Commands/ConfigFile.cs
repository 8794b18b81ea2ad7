using System.CommandLine;
using Weir.Abstractions.Options;

namespace Weir.Cli.Commands;

/// <summary>The option -c, and how errors of a configuration are told.</summary>
internal static class ConfigFile
{
    public static Option<string> Option() => new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => "weir.yaml",
        HelpName = "FILE",
    };

    /// <summary>Writes errors and warnings to standard error, a line each. True when there is an error among them.</summary>
    public static bool Report(IReadOnlyList<ConfigError> errors)
    {
        foreach (ConfigError error in errors)
        {
            Console.Error.WriteLine(error.ToString());
        }

        return errors.Any(error => !error.IsWarning);
    }
}
