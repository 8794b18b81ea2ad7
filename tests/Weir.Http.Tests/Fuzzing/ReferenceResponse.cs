using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Abstractions.Heads;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>Reads a response's head slowly and obviously, and describes it as <see cref="Http1.ParsedResponse.Digest"/> does.</summary>
internal static partial class ReferenceResponse
{
    public static string Parse(string text, RequestMethod method)
    {
        (List<string> lines, int length, string? verdict) = ReferenceFields.Lines(text, 0);
        if (lines.Count == 0)
        {
            return verdict!;
        }

        if (lines[0].Length == 0)
        {
            return ReferenceFields.Rejected;
        }

        Match line = StatusLine().Match(lines[0]);
        List<(string Name, string Value)>? fields = ReferenceFields.Fields(verdict is null ? lines[1..^1] : lines[1..]);
        if (!line.Success || fields is null)
        {
            return ReferenceFields.Rejected;
        }

        if (verdict is not null)
        {
            return verdict;
        }

        bool isHttp11 = line.Groups[1].Value == "1";
        int status = int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture);
        long? octets = ReferenceFields.Length(fields, isHttp11);
        if (octets is null || (status < 200 && octets is -1 or > 0))
        {
            return ReferenceFields.Rejected;
        }

        bool isEmpty = status is < 200 or 204 or 304 || method == RequestMethod.Head || (method == RequestMethod.Connect && status < 300);
        List<string> options = ReferenceFields.Members(fields, "Connection");
        bool isPersistent = !options.Contains("close") && (isHttp11 || options.Contains("keep-alive")) && (isEmpty || octets != -2);
        isPersistent &= status != 101;
        if (status == 204)
        {
            isPersistent &= ReferenceFields.Values(fields, "Transfer-Encoding").Count == 0
                && ReferenceFields.Values(fields, "Content-Length").TrueForAll(value => value == "0");
        }

        return $"{length} {status} {(isHttp11 ? "Http11" : "Http10")} len={(isEmpty ? 0 : octets)} {isPersistent} {Timeout(fields)}\n"
            + string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
    }

    private static int Timeout(List<(string Name, string Value)> fields)
    {
        List<string> values = ReferenceFields.Values(fields, "Keep-Alive");
        if (values.Count == 0)
        {
            return -1;
        }

        foreach (string member in ReferenceFields.Members([("Keep-Alive", values[0])], "Keep-Alive"))
        {
            Match match = TimeoutMember().Match(member);
            if (match.Success)
            {
                string number = match.Groups[1].Value;
                return Regex.IsMatch(number, "^[0-9]{1,19}$") && long.TryParse(number, out long seconds)
                    ? (int)Math.Min(seconds, 86_400)
                    : -1;
            }
        }

        return -1;
    }

    [GeneratedRegex("^HTTP/1\\.([01]) ([1-9][0-9][0-9])(?: .*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex StatusLine();

    [GeneratedRegex("^timeout *= *(.*?) *$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeoutMember();
}
