using System.Globalization;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Config.Writing;
using Weir.Http.Http1;
using Weir.Modules;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Architecture.Tests.Documents;

/// <summary>The pages under docs/reference, made from the tables and records that the program itself uses.</summary>
internal static class ReferencePages
{
    private const string Generated = "\nThis page is generated; CONTRIBUTING.md says how to write it anew.\n";

    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>(StringComparer.Ordinal)
    {
        ["docs/reference/configuration.md"] = () => ReferencePage.Write(new StandardModules()),
        ["docs/reference/counters.md"] = WriteCounters,
        ["docs/reference/errors.md"] = WriteErrors,
        ["docs/reference/events.md"] = WriteEvents,
    };

    private static string WriteErrors()
    {
        StringBuilder page = new("# Errors\n");
        page.Append(Generated);
        page.Append("\n## Exchanges that Weir could not complete\n\n");
        page.Append("The name stands in the access log; `Proxy-Status` (RFC 9209) carries the type. 499 is only logged: the client is gone.\n\n");
        page.Append("| name | status | Proxy-Status | whose fault | phase | tried again | what to look at |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (ProxyError error in ProxyErrors.All)
        {
            string retry = error.IsRetryable ? "may be" : "no";
            page.Append(CultureInfo.InvariantCulture, $"| `{error.Name}` | {error.Status} | `{error.ProxyStatus}` | {Word(error.Fault)} | {Word(error.Phase)} | {retry} | {Cell(error.Text)} |\n");
        }

        page.Append("\n## Messages that are refused\n\nA request gets the status, and its connection is closed. A response with such a fault becomes a 502.\n\n");
        page.Append("| name | status | what is wrong |\n| --- | --- | --- |\n");
        foreach (RejectReason reason in Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{RejectReasons.Name(reason)}` | {RejectReasons.Status(reason)} | {Cell(RejectReasons.Text(reason))} |\n");
        }

        return page.ToString();
    }

    private static string WriteCounters()
    {
        StringBuilder page = new("# Counters\n");
        page.Append(Generated);
        page.Append("\n| metric | label | kind | meaning |\n| --- | --- | --- | --- |\n");
        foreach (CounterDefinition counter in Counters.All)
        {
            string label = counter.Label.Length > 0 ? $"`{counter.Label}=\"{counter.LabelValue}\"`" : "";
            page.Append(CultureInfo.InvariantCulture, $"| `{counter.Name}` | {label} | {Word(counter.Kind)} | {Cell(counter.Help)} |\n");
        }

        page.Append("\n## Families\n\nOne value for each entry of a table or of the configuration.\n\n| metric | label | meaning |\n| --- | --- | --- |\n");
        foreach (CounterFamilyDefinition family in CounterFamilies.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{family.Name}` | `{family.Label}` | {Cell(family.Help)} |\n");
        }

        return page.ToString();
    }

    private static string WriteEvents()
    {
        StringBuilder page = new("# Messages to the operator\n");
        page.Append(Generated);
        page.Append("\n| id | level | name | message | what to do |\n| --- | --- | --- | --- | --- |\n");
        foreach (OperatorEvent operatorEvent in OperatorEvents.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {operatorEvent.Id} | {Word(operatorEvent.Level)} | `{operatorEvent.Name}` | {Cell(operatorEvent.Template)} | {Cell(operatorEvent.Remedy)} |\n");
        }

        return page.ToString();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
