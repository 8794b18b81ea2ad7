using System.CommandLine;
using Weir.Cli.Commands;

RootCommand root = new("Weir, a reverse proxy. Start with `weir demo`, or `weir proxy --from :8080 --to http://localhost:3000`.")
{
    RunCommand.Create(),
    CheckCommand.Create(),
    ProxyCommand.Create(),
    VersionCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
