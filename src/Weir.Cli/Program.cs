using System.CommandLine;
using System.CommandLine.Invocation;
using Weir.Cli.Commands;

RootCommand root = new("""
    Weir, a reverse proxy: it stands between clients and origin servers.

    See it work:              weir demo
    In front of a server:     weir proxy --from :8080 --to http://localhost:3000
    With a file:              weir check -c weir.yaml && weir run -c weir.yaml
    """)
{
    RunCommand.Create(),
    CheckCommand.Create(),
    ExplainCommand.Create(),
    StatusCommand.Create(),
    ServerStateCommand.Drain(),
    ServerStateCommand.Ready(),
    ServerStateCommand.Down(),
    ReloadCommand.Create(),
    BanCommand.Create(),
    CertsCommand.Create(),
    CacheCommand.Create(),
    PurgeCommand.Create(),
    TrustCommand.Create(),
    LeaktestCommand.Create(),
    ProxyCommand.Create(),
    DemoCommand.Create(),
    SchemaCommand.Create(),
    VersionCommand.Create(),
};
ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Action is ParseErrorAction refusal)
{
    refusal.ShowHelp = false;
    int code = await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
    Console.Error.WriteLine("`weir --help` lists the commands, `weir COMMAND --help` the options of one.");
    return code;
}

// The library would end the program two seconds after a signal; a drain takes as long as its deadline says.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
