using System.CommandLine;
using Weir.Config;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir run.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Option<string> file = ConfigFile.Option();
        Command command = new("run", "Serves until SIGTERM or Ctrl-C, then drains and exits 0. SIGUSR1 reopens the access log.") { file };
        command.SetAction(result => Server.RunAsync(ConfigReader.Read(result.GetRequiredValue(file), new StandardModules())));
        return command;
    }
}
