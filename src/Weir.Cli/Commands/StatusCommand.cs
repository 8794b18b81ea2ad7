using System.CommandLine;
using Weir.Admin.Api;
using Weir.Cli.Control;

namespace Weir.Cli.Commands;

/// <summary>weir status.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        AdminOptions options = new();
        Command command = new("status", """
            Shows a running Weir: its listeners, and each server's state, health, requests and remaining connections.
            Exit code 2 when no Weir answers.

            Example:  weir status
                      weir status --json | jq '.upstreams[].servers[] | select(.state != "ready")'
            """);
        options.AddTo(command);
        command.SetAction(result => ShowAsync(result, options));
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult result, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.GetAsync("/api/v1/status") is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone)
        {
            return reply.Complain();
        }

        if (options.IsJson(result))
        {
            Console.Out.WriteLine(reply.Body);
            return ExitCode.Done;
        }

        if (reply.Read(AdminJson.Default.WeirStatus) is not { } status)
        {
            return reply.Complain();
        }

        StatusTable.Write(status, Console.Out);
        return ExitCode.Done;
    }
}
