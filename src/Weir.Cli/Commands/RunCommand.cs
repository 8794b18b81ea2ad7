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
        Command command = new("run", """
            Serves until SIGTERM or Ctrl-C: then running exchanges may end, and it exits 0. A second signal ends it at once.
            SIGHUP reads the file anew: what did not change goes on untouched, and a file with an error changes nothing.
            SIGUSR1 opens the access log anew, after a rotation. The access log goes to standard output unless the file says
            otherwise, messages go to standard error.

            Example:  weir run -c weir.yaml
            """) { file };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(file);
            return Server.RunAsync(ConfigReader.Read(path, new StandardModules()), path);
        });
        return command;
    }
}
