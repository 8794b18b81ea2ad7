using System.CommandLine;
using Weir.Abstractions.Exchanges;
using Weir.Explaining;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir explain.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        Option<string> file = ConfigFile.Option();
        Argument<string> method = new("METHOD") { Description = "The request's method." };
        Argument<string> url = new("URL") { Description = "http://HOST[:PORT]/PATH, taken as it is written: nothing is tidied up." };
        Option<string[]> fields = new("--header", "-H") { Description = "A header field; may be given again.", HelpName = "'Name: value'" };
        Option<string> from = new("--from")
        {
            Description = "The client's address.",
            DefaultValueFactory = _ => "127.0.0.1",
            HelpName = "ADDRESS",
        };
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("explain", """
            Says what would happen to a request, step by step: how its head is read, which site and route take it, what each
            module changes, which servers could get it and what they would be sent. Nothing is sent anywhere.

            Example:  weir explain -c weir.yaml GET http://shop.example.com:8080/api/x -H 'Accept: text/html'
            """) { method, url, fields, from, file, json };
        command.SetAction(result => ExplainAsync(
            result.GetRequiredValue(file),
            result.GetValue(json),
            result.GetRequiredValue(from),
            new AskedRequest { Method = result.GetRequiredValue(method), Url = result.GetRequiredValue(url), Fields = result.GetValue(fields) ?? [] }));
        return command;
    }

    private static async Task<int> ExplainAsync(string file, bool isJson, string from, AskedRequest request)
    {
        if (!IpAddress.TryParse(from, out IpAddress client))
        {
            Console.Error.WriteLine($"--from: '{from}' is not an IP address. Write one like 192.0.2.1 or 2001:db8::1.");
            return 1;
        }

        StandardModules modules = new();
        if (ConfigFile.Read(file, modules, out _) is not { } config)
        {
            return 1;
        }

        if (await new Explainer(config, modules).ExplainAsync(request with { Client = client }) is not { } explanation)
        {
            return 1;
        }

        if (isJson)
        {
            ExplanationText.WriteJson(explanation, Console.Out);
        }
        else
        {
            ExplanationText.Write(explanation, Console.Out);
        }

        return 0;
    }
}
