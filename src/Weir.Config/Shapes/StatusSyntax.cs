using System.Globalization;
using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Status codes and failures.</summary>
internal static class StatusSyntax
{
    internal static Parsed Range(string text)
    {
        int dash = text.IndexOf('-');
        int? first = Status(dash < 0 ? text : text[..dash]);
        int? last = dash < 0 ? first : Status(text[(dash + 1)..]);
        return first is null || last is null || first > last
            ? Parsed.Wrong("is not a range of statuses", "Write 200 or 200-399.")
            : Parsed.Of(new StatusRange(first.Value, last.Value));
    }

    internal static Parsed Retry(string text)
    {
        RetryCause? cause = text switch
        {
            "connect" => RetryCause.Connect,
            "reset" => RetryCause.Reset,
            "timeout" => RetryCause.Timeout,
            _ => null,
        };
        if (cause is { } known)
        {
            return Parsed.Of(new RetryCondition(known, 0));
        }

        // RFC 8470 section 5.2: 425 asks for another try; below 500 nothing else says that the server is at fault.
        if (Status(text) is { } status && status is 425 or >= 500)
        {
            return Parsed.Of(new RetryCondition(RetryCause.Status, status));
        }

        string words = "Use connect, reset, timeout, 425 or a status from 500 to 599.";
        return Parsed.Wrong(
            "is not a failure to retry after",
            Nearest.Find(text, ["connect", "reset", "timeout"]) is { } near ? $"Did you mean \"{near}\"? {words}" : words);
    }

    private static int? Status(string text) =>
        text.Length == 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status)
        && status is >= 100 and <= 599
            ? status
            : null;
}
