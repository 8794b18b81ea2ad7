using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Abstractions.Tracing;
using Weir.Cli.Control;
using Weir.Explaining;

namespace Weir.Cli.Commands;

/// <summary>An explanation for a person, or for a program.</summary>
internal static class ExplanationText
{
    private const int NameWidth = 12;

    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static void WriteJson(Explanation explanation, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(explanation, _json));

    public static void Write(Explanation explanation, TextWriter output)
    {
        string last = "";
        foreach (TraceStep step in explanation.Steps)
        {
            string name = step.Where == last ? "" : step.Where;
            last = step.Where;
            foreach (string line in step.Text.Split('\n'))
            {
                output.WriteLine($"{name.PadRight(NameWidth)} {TextTable.Printable(line)}");
                name = "";
            }
        }

        output.WriteLine();
        output.WriteLine(Conclusion(explanation));
        foreach (string line in explanation.AnswerHead)
        {
            output.WriteLine("  " + TextTable.Printable(line));
        }

        if (explanation.AnswerBody.Length > 0)
        {
            output.WriteLine();
            foreach (string line in explanation.AnswerBody.TrimEnd('\n').Split('\n'))
            {
                output.WriteLine("  " + TextTable.Printable(line));
            }
        }
    }

    private static string Conclusion(Explanation explanation) => explanation.Outcome switch
    {
        Outcome.Refused => $"=> refused with {explanation.Status}: {explanation.Error}",
        Outcome.Failed => $"=> Weir answers {explanation.Status}: {explanation.Error}",
        Outcome.Answered => $"=> {explanation.AnsweredBy} answers {explanation.Status}",
        Outcome.Aborted => $"=> {explanation.AnsweredBy} closes the connection",
        _ => $"=> goes to {explanation.Upstream}",
    };
}
