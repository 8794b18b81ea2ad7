using System.CommandLine;
using Weir.Config.Writing;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir schema.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        Command command = new("schema", """
            Prints a JSON schema of the configuration, for editors that complete and check YAML.

            Example:  weir schema > weir.schema.json
                      then, as the first line of weir.yaml:  # yaml-language-server: $schema=weir.schema.json
            """);
        command.SetAction(_ => Console.Out.WriteLine(JsonSchema.Write(new StandardModules()).TrimEnd()));
        return command;
    }
}
