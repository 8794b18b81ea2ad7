using System.CommandLine;
using System.Runtime.InteropServices;

namespace Weir.Cli.Commands;

/// <summary>weir version.</summary>
internal static class VersionCommand
{
    public static string Version => typeof(VersionCommand).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static Command Create()
    {
        Command command = new("version", """
            Prints the version of Weir and of what it runs on.

            Example:  weir version
            """);
        command.SetAction(_ => Console.Out.WriteLine($"weir {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})"));
        return command;
    }
}
