using System.Globalization;
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Admin.Metrics;
using Weir.Config.Writing;
using Weir.Expressions;
using Weir.Expressions.Checking;
using Weir.Http.Http1;
using Weir.Modules;
using Weir.Pipeline.AccessLogging;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Architecture.Tests.Documents;

/// <summary>The pages under docs/reference, made from the tables and records that the program itself uses.</summary>
internal static class ReferencePages
{
    private const string Generated = "\nThis page is generated; CONTRIBUTING.md says how to write it anew.\n";

    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>(StringComparer.Ordinal)
    {
        ["docs/reference/access-log.md"] = WriteAccessLog,
        ["docs/reference/configuration.md"] = () => ReferencePage.Write(new StandardModules()),
        ["docs/reference/counters.md"] = WriteCounters,
        ["docs/reference/errors.md"] = WriteErrors,
        ["docs/reference/events.md"] = WriteEvents,
        ["docs/reference/expressions.md"] = WriteExpressions,
        ["docs/reference/modules.md"] = WriteModules,
        ["docs/reference/rejects.md"] = WriteRejects,
        ["docs/weir.schema.json"] = () => JsonSchema.Write(new StandardModules()).TrimEnd() + "\n",
    };

    private static string WriteErrors()
    {
        StringBuilder page = new("# Errors\n");
        page.Append(Generated);
        page.Append("\n## Exchanges that Weir could not complete\n\n");
        page.Append(
            "The name stands in the access log; `Proxy-Status` (RFC 9209) carries the type. 499 is only logged: the client is gone.\n\n");
        page.Append("| name | status | Proxy-Status | whose fault | phase | tried again | what to look at |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (ProxyError error in ProxyErrors.All)
        {
            string retry = error.IsRetryable ? "may be" : "no";
            page.Append(CultureInfo.InvariantCulture, $"| `{error.Name}` | {error.Status} | `{error.ProxyStatus}` | {Word(error.Fault)} | {Word(error.Phase)} | {retry} | {Cell(error.Text)} |\n");
        }

        return page.ToString();
    }

    private static string WriteRejects()
    {
        StringBuilder page = new("# Messages that are refused\n");
        page.Append(Generated);
        page.Append("\nA request with such a fault gets the status, and its connection is closed; no module and no origin sees it. A response with one\nbecomes a 502. The name stands in the counters and in the access log's `error_detail`.\n\n");
        page.Append("| name | status | what is wrong |\n| --- | --- | --- |\n");
        foreach (RejectReason reason in Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None))
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{RejectReasons.Name(reason)}` | {RejectReasons.Status(reason)} | {Cell(RejectReasons.Text(reason))} |\n");
        }

        return page.ToString();
    }

    private static string WriteModules()
    {
        StringBuilder page = new("# Modules\n");
        page.Append(Generated);
        page.Append("\nA stack is a list of modules: requests pass it from top to bottom, answers from bottom to top. Each module's README under\n`src/Weir.Modules/` has an example.\n");
        foreach (IModuleFactory factory in new StandardModules().All)
        {
            page.Append(ReferencePage.Module(factory, "##"));
        }

        return page.ToString();
    }

    private static string WriteExpressions()
    {
        StringBuilder page = new("# Expressions\n");
        page.Append(Generated);
        page.Append("""

            A subset of CEL, the Common Expression Language. An expression is checked when the configuration loads, with the line and the column of
            a mistake; asked for a request it allocates nothing, never fails, and takes time linear in the request's head.

            ```yaml
            when: request.path.startsWith("/admin/") && !(client.ip in ["10.0.0.0/8", "192.0.2.7"])
            ```

            Precedence, from loose to tight: `?:`, `||`, `&&`, comparisons and `in` (one only: join several with `&&`), `+ -`, `* / %`, `! -`, then `.`, `[]`
            and calls. Texts stand in `"` or `'`, with the escapes `\\ \" \' \n \r \t \xHH \uHHHH`; in `r"..."` there are none. `//` begins a comment. Texts are octets:
            UTF-8 as written, and what the client sent as it came. In YAML an expression with `: ` or ` #`, or one that begins with a quote, is put into
            quotes or behind `|`.

            Where it differs from CEL: an entry that is missing is the empty text (`has()` tells), several entries of one name are one text with `, ` between
            them, arithmetic stays at the ends of 64 bits, `size()` counts octets, and there are no fractions, no maps to write down and no
            macros but `has`.


            """);
        page.Append(CultureInfo.InvariantCulture, $"An expression has at most {ExpressionLimits.Characters} characters, {ExpressionLimits.Depth} levels and a cost of {ExpressionLimits.Cost}; regular expressions and what `contains` looks for have at most\n{ExpressionLimits.Pattern} characters. Every part costs 1, and what the table says beyond that.\n");
        page.Append("\n## Fields\n\n| field | kind | known | meaning |\n| --- | --- | --- | --- |\n");
        foreach (FieldDefinition field in FieldTable.All)
        {
            string known = field.Scope switch { ExpressionScope.Request => "always", ExpressionScope.Route => "in stacks", _ => "with the response" };
            page.Append(CultureInfo.InvariantCulture, $"| `{field.Name}` | {Word(field.Kind)} | {known} | {Cell(field.Text)} |\n");
        }

        page.Append("\n## Operators and functions\n\n| form | cost | meaning |\n| --- | --- | --- |\n");
        foreach (FunctionDefinition function in FunctionTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{Cell(function.Form)}` | {function.Cost} | {Cell(function.Text)} |\n");
        }

        return page.ToString();
    }

    private static string WriteAccessLog()
    {
        StringBuilder page = new("# The access log\n");
        page.Append(Generated);
        page.Append("\n`log.access.format` is `json` (an object a line), `combined`, or a template of these names in braces, as in `{client} {status}`. A key\nwithout a value is left out of a JSON line and is `-` elsewhere; names with a dot are objects in JSON.\n\n");
        page.Append("| key | meaning |\n| --- | --- |\n");
        foreach (AccessKeyDefinition key in AccessKeys.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {Cell(key.Text)} |\n");
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

        page.Append("\n## Upstreams and servers\n\nWith the labels `upstream` and `server`; a server's state and health are 1 for the value that it has and 0 for the others.\n\n");
        page.Append("| metric | label | kind | meaning |\n| --- | --- | --- | --- |\n");
        foreach (UpstreamMetric metric in LiveMetrics.OfUpstreams)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `upstream` | {Word(metric.Kind)} | {Cell(metric.Help)} |\n");
        }

        foreach (ServerMetric metric in LiveMetrics.OfServers)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `server` | {Word(metric.Kind)} | {Cell(metric.Help)} |\n");
        }

        foreach (StateMetric metric in LiveMetrics.States)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `{metric.Label}`: {string.Join(", ", metric.Values)} | gauge | {Cell(metric.Help)} |\n");
        }

        page.Append("\n## Caches\n\nWith the label `cache`; those by reason with `site` and `route` too.\n\n| metric | label | kind | meaning |\n| --- | --- | --- | --- |\n");
        foreach (CacheMetric metric in CacheMetrics.OfCaches)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `cache` | {Word(metric.Kind)} | {Cell(metric.Help)} |\n");
        }

        foreach (CacheDiskMetric metric in CacheMetrics.OfDisks)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `cache` | {Word(metric.Kind)} | {Cell(metric.Help)} |\n");
        }

        foreach (CacheDiskLabelled metric in CacheMetrics.OfDisksByWord)
        {
            string words = string.Join(", ", metric.Words);
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `{metric.Label}`: {words} | {Word(metric.Kind)} ");
            page.Append(CultureInfo.InvariantCulture, $"| {Cell(metric.Help)} |\n");
        }

        foreach (CacheRouteMetric metric in CacheMetrics.OfRoutes)
        {
            page.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | `{metric.Label}` | counter | {Cell(metric.Help)} |\n");
        }

        page.Append("\n## Durations\n\n");
        page.Append(CultureInfo.InvariantCulture, $"`{DurationSeries.Name}` is a histogram with the label `phase`: {string.Join(", ", DurationSeries.Phases)}.\n");
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
