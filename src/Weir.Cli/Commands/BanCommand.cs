using System.CommandLine;
using Spectre.Console;
using Weir.Admin.Api;
using Weir.Cli.Control;
using Weir.Config.Shapes;
using Weir.Control;

namespace Weir.Cli.Commands;

/// <summary>weir ban.</summary>
internal static class BanCommand
{
    public static Command Create()
    {
        AdminOptions options = new();
        Argument<string?> address = new("ADDRESS") { Description = "An address, or a range such as 203.0.113.0/24.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> time = new("--for") { Description = "For how long: 30m, 1h, 7d.", HelpName = "DURATION", DefaultValueFactory = _ => "1h" };
        Option<string> why = new("--why") { Description = "The reason, for the list and the log.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Command command = new("ban", """
            Keeps an address or a range out for a time, whatever `access` says: its connections end at once, new ones are reset, and requests that
            trusted proxies bring from it get 403. It lasts across reloads and restarts. Exit codes: 0 done, 1 refused, 2 no Weir answers.

            Example:  weir ban 203.0.113.7 --for 1h --why "password guessing"
                      weir ban list
                      weir ban lift 203.0.113.7
            """) { address, time, why, List(), Lift() };
        options.AddTo(command);
        command.SetAction(async result =>
        {
            if (result.GetValue(address) is not { } wanted)
            {
                Console.Error.WriteLine("Name an address or a range: weir ban 203.0.113.7 --for 1h. `weir ban list` shows who is banned.");
                return ExitCode.Refused;
            }

            if (!DurationText.TryParse(result.GetValue(time)!, out _))
            {
                Console.Error.WriteLine($"--for: '{result.GetValue(time)}' is no duration. Write one like 30m, 1h or 7d.");
                return ExitCode.Refused;
            }

            return await ChangeAsync(
                result, options, "/api/v1/bans", new BanWish(wanted, result.GetValue(time), result.GetValue(why)),
                ban => $"{ban.Range} is banned until {ban.Until:u}");
        });
        return command;
    }

    private static Command List()
    {
        AdminOptions options = new();
        Command command = new("list", "Lists who is banned, until when, by whom and why.");
        options.AddTo(command);
        command.SetAction(async result =>
        {
            using AdminLink? link = await options.ConnectAsync(result);
            if (link is null || await link.GetAsync("/api/v1/bans") is not { } reply)
            {
                return ExitCode.NoWeir;
            }

            if (!reply.IsDone || reply.Read(AdminJson.Default.BanEntries) is not { } list)
            {
                return reply.Complain();
            }

            if (options.IsJson(result))
            {
                Console.Out.WriteLine(reply.Body);
            }
            else if (list.Bans.Count == 0)
            {
                Console.Out.WriteLine("Nobody is banned.");
            }
            else
            {
                TextTable table = new(["RANGE", "UNTIL", "BY", "WHY"], _ => Style.Plain);
                foreach (Ban ban in list.Bans)
                {
                    table.Add([ban.Range, ban.Until.ToString("u"), ban.By, ban.Why]);
                }

                table.Write(Console.Out);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Lift()
    {
        AdminOptions options = new();
        Argument<string> address = new("ADDRESS") { Description = "The address or range, as `weir ban list` shows it." };
        Command command = new("lift", "Ends a ban before its time.") { address };
        options.AddTo(command);
        command.SetAction(result => ChangeAsync(
            result, options, "/api/v1/bans/lift", new BanWish(result.GetRequiredValue(address)), ban => $"The ban of {ban.Range} is lifted"));
        return command;
    }

    private static async Task<int> ChangeAsync(ParseResult result, AdminOptions options, string path, BanWish wish, Func<Ban, string> say)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.PostAsync(path, wish, AdminJson.Default.BanWish) is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.BanChange) is not { Ban: { } ban } change)
        {
            return reply.Complain();
        }

        Console.Out.WriteLine(options.IsJson(result) ? reply.Body : say(ban) + ".");
        if (change.Problem.Length > 0)
        {
            Console.Error.WriteLine($"weir: it is done, but {change.Problem}.");
        }

        return ExitCode.Done;
    }
}
