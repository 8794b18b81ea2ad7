using System.CommandLine;
using Weir.Config;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir proxy: no file needed.</summary>
internal static class ProxyCommand
{
    public static Command Create()
    {
        Option<string> from = new("--from") { Description = "Where to listen: :PORT, ADDRESS:PORT or unix:PATH.", DefaultValueFactory = _ => ":8080", HelpName = "ADDRESS" };
        Option<string[]> to = new("--to") { Description = "An origin's URL; several share the load.", Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "URL" };
        Option<bool> quiet = new("--quiet") { Description = "No access log." };
        Command command = new("proxy", """
            Serves one or more origins on one address, without a configuration file. Several origins share the load.

            Example:  weir proxy --from :8080 --to http://localhost:3000
                      weir proxy --from 127.0.0.1:8080 --to http://localhost:3000 --to http://localhost:3001
            """) { from, to, quiet };
        command.SetAction(result =>
        {
            string text = $"""
                listen: [{Quote(result.GetRequiredValue(from))}]
                admin: off
                log: {(result.GetValue(quiet) ? "{ access: off }" : "{ access: { format: combined } }")}
                sites:
                  "*":
                    to: [{string.Join(", ", result.GetRequiredValue(to).Select(Quote))}]
                """;
            return Server.RunAsync(ConfigReader.ReadText(text, "the command line", new StandardModules()));
        });
        return command;
    }

    // A YAML string in double quotes: JSON's escapes are a subset of YAML's.
    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
