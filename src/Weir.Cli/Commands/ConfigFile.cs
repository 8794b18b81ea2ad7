using System.CommandLine;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Hosting;

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

    /// <summary>
    /// Reads a file and compiles it, and reports all that is found. Null after an error; the list holds the warnings, too.
    /// </summary>
    public static WeirConfig? Read(string file, IModuleCatalog modules, out IReadOnlyList<ConfigError> errors)
    {
        ConfigResult read = ConfigReader.Read(file, modules);
        errors = read.Config is { } config ? [.. read.Errors, .. PlanCheck.Run(config, modules)] : read.Errors;
        return Report(errors) ? null : read.Config;
    }

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
