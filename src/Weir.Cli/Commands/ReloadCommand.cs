using System.CommandLine;
using Weir.Abstractions.Options;
using Weir.Admin.Api;
using Weir.Cli.Control;

namespace Weir.Cli.Commands;

/// <summary>weir reload.</summary>
internal static class ReloadCommand
{
    public static Command Create()
    {
        AdminOptions options = new();
        Command command = new("reload", """
            Makes a running Weir read its configuration anew and says what that touched. A file with errors changes nothing: they are
            shown, and the old configuration stays. Exit codes: 0 done, 1 refused, 2 no Weir answers.

            Example:  weir reload
            """);
        options.AddTo(command);
        command.SetAction(result => ReloadAsync(result, options));
        return command;
    }

    private static async Task<int> ReloadAsync(ParseResult result, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.PostAsync("/api/v1/reload") is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (reply.Read(AdminJson.Default.ReloadReport) is not { Generation: > 0 } report)
        {
            return reply.Complain();
        }

        if (options.IsJson(result))
        {
            Console.Out.WriteLine(reply.Body);
            return report.IsApplied ? ExitCode.Done : ExitCode.Refused;
        }

        foreach (ConfigError error in report.Errors.Concat(report.Warnings))
        {
            Console.Error.WriteLine(error.ToString());
        }

        foreach (string sentence in report.NeedsRestart)
        {
            Console.Error.WriteLine(sentence);
        }

        Console.Out.WriteLine(report.IsApplied ? $"{report.File} is in place, generation {report.Generation}: {report.Summary}" : $"{report.File}: {report.Summary}");
        return report.IsApplied ? ExitCode.Done : ExitCode.Refused;
    }
}
