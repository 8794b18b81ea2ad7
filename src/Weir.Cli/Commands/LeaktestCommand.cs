using System.CommandLine;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Weir.Cli.Control;
using Weir.Cli.Leaktest;

namespace Weir.Cli.Commands;

/// <summary>weir leaktest.</summary>
internal static class LeaktestCommand
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Command Create()
    {
        Argument<string> url = new("URL") { Description = "Where the site is, as its users see it: http or https." };
        Option<string[]> names = new("--name") { Description = "A host name that nobody outside may learn; may be given again.", HelpName = "NAME" };
        Option<int> seconds = new("--timeout") { Description = "Seconds that one answer may take.", DefaultValueFactory = _ => 10, HelpName = "SECONDS" };
        Option<bool> json = new("--json") { Description = "Print JSON." };
        Command command = new("leaktest", """
            Attacks a running site from outside and says what it tells of the servers behind it: products and versions, internal names and
            addresses, stack traces, pages for operators. Some forty requests, one after the other; some are wrong on purpose. Ask only
            sites that are yours. Exit code 0: nothing was found, 1: something was, 2: nobody answers.

            Example:  weir leaktest https://shop.example.com/ --name app.internal
            """) { url, names, seconds, json };
        command.SetAction((result, end) => TestAsync(
            result.GetRequiredValue(url), result.GetValue(names) ?? [], TimeSpan.FromSeconds(Math.Clamp(result.GetValue(seconds), 1, 600)), result.GetValue(json), end));
        return command;
    }

    private static async Task<int> TestAsync(string text, string[] names, TimeSpan patience, bool isJson, CancellationToken end)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            Console.Error.WriteLine($"'{text}' is not a URL. Write one like https://shop.example.com/.");
            return ExitCode.Refused;
        }

        Asker asker = new(url, patience);
        Signs signs = new(url.Host, names);
        int answers = 0;
        IReadOnlyList<Probe> probes = Probe.For(url);
        try
        {
            foreach (Probe probe in probes)
            {
                end.ThrowIfCancellationRequested();
                if (await asker.AskAsync(probe) is { } answer)
                {
                    answers++;
                    signs.Look(probe, answer);
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or AuthenticationException or IOException)
        {
            Console.Error.WriteLine($"{url.Authority}: {TextTable.Printable(failure.Message)}");
            return ExitCode.NoWeir;
        }

        if (answers == 0)
        {
            Console.Error.WriteLine($"{url.Authority} answered none of {probes.Count} requests.");
            return ExitCode.NoWeir;
        }

        if (asker.Certificate is { } certificate)
        {
            signs.LookAtNames(NamesOf(certificate));
        }

        Tell(signs.Findings, answers, probes.Count, isJson);
        return signs.Findings.Count == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null ? [] : names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()));
    }

    private static void Tell(IReadOnlyList<Finding> findings, int answers, int requests, bool isJson)
    {
        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { Requests = requests, Answers = answers, Findings = findings }, _json));
            return;
        }

        if (findings.Count > 0)
        {
            TextTable table = new(["WHAT", "WHERE", "SEEN", "ASKED BY", "REMEDY"], _ => Spectre.Console.Style.Plain);
            foreach (Finding finding in findings)
            {
                table.Add([finding.What, finding.Where, finding.Seen, finding.Probe, finding.Remedy]);
            }

            table.Write(Console.Out);
        }

        Console.Out.WriteLine(findings.Count == 0
            ? $"Nothing was found in {answers} answers to {requests} requests."
            : $"{findings.Count} found in {answers} answers to {requests} requests.");
    }
}
