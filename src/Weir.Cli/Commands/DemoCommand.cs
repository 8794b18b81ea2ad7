using System.CommandLine;
using Weir.Cli.Demo;

namespace Weir.Cli.Commands;

/// <summary>weir demo.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<int?> seconds = new("--seconds") { Description = "End after this time; without it, at Ctrl-C.", HelpName = "N" };
        Command command = new("demo", """
            Starts three small origins, a proxy in front of them and a little traffic, all in this process on free loopback
            ports, and says what to try. Now and then an origin is killed and comes back. Ctrl-C ends it; nothing is left behind.

            Example:  weir demo
                      weir demo --seconds 20
            """) { seconds };
        command.SetAction(async result =>
        {
            if (result.GetValue(seconds) is < 1)
            {
                Console.Error.WriteLine("--seconds takes a number from 1 on.");
                return 1;
            }

            using StopSignals stop = new();
            return await DemoShow.RunAsync(result.GetValue(seconds), stop.Asked);
        });
        return command;
    }
}
