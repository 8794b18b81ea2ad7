using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>Reads a request's head slowly and obviously, and describes it as <see cref="Http1.ParsedRequest.Digest"/> does.</summary>
internal static partial class ReferenceRequest
{
    private static readonly string[] _known = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

    public static string Parse(string text)
    {
        int skip = text.StartsWith("\r\n\r\n", StringComparison.Ordinal) ? 4 : text.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 0;
        (List<string> lines, int length, string? verdict) = ReferenceFields.Lines(text, skip);
        // The CR of an unfinished line may be the beginning of its end.
        string firstLine = lines.Count > 0 ? lines[0] : text.EndsWith('\r') ? text[skip..^1] : text[skip..];
        if (!firstLine.Contains(' ', StringComparison.Ordinal) ? firstLine.Length > 32 : firstLine.IndexOf(' ', StringComparison.Ordinal) > 32)
        {
            return ReferenceFields.Rejected;
        }

        if (lines.Count == 0)
        {
            return verdict!;
        }

        if (lines[0].Length == 0)
        {
            return ReferenceFields.Rejected;
        }

        Match line = RequestLine().Match(lines[0]);
        List<(string Name, string Value)>? fields = ReferenceFields.Fields(verdict is null ? lines[1..^1] : lines[1..]);
        Target? target = line.Success ? Target.Parse(line.Groups[1].Value, line.Groups[2].Value) : null;
        if (fields is null || target is null)
        {
            return ReferenceFields.Rejected;
        }

        if (verdict is not null)
        {
            return verdict;
        }

        string? path = target.Path.Length == 0 ? "/" : Normalise(target.Path);
        string? description = path is null ? null : Describe(line.Groups[1].Value, line.Groups[3].Value == "1", target, path, fields);
        return description is null ? ReferenceFields.Rejected : $"{length} {description}";
    }

    private static string? Describe(string method, bool isHttp11, Target target, string path, List<(string Name, string Value)> fields)
    {
        List<string> hosts = ReferenceFields.Values(fields, "Host");
        if (hosts.Count > 1 || (hosts.Count == 0 && isHttp11))
        {
            return null;
        }

        if (hosts.Count == 1 && (hosts[0].Length > 0 ? SplitAuthority(hosts[0]) is null : target.Authority.Length == 0))
        {
            return null;
        }

        string authority = target.Authority.Length > 0 ? target.Authority : hosts.Count > 0 ? hosts[0] : "";
        (string Text, string Host, int Port) parts = authority.Length > 0 ? SplitAuthority(authority)!.Value : ("", "", 0);
        if (target.Authority.Length > 0)
        {
            ReferenceFields.Replace(fields, "Host", parts.Text);
        }

        long? length = ReferenceFields.Length(fields, isHttp11);
        if (length is null || (method is "CONNECT" or "TRACE" && length is not (0 or -2)))
        {
            return null;
        }

        length = length == -2 ? 0 : length;
        List<string> options = ReferenceFields.Members(fields, "Connection");
        bool isPersistent = !options.Contains("close") && (isHttp11 || options.Contains("keep-alive"));
        bool hasUpgrade = isHttp11 && options.Contains("upgrade") && ReferenceFields.Values(fields, "Upgrade").Count > 0;
        bool acceptsTrailers = isHttp11 && ReferenceFields.Members(fields, "TE").Contains("trailers");
        List<string> expectations = ReferenceFields.Values(fields, "Expect");
        bool isContinue = expectations.Count == 1 && expectations[0].Equals("100-continue", StringComparison.OrdinalIgnoreCase);
        bool expectsContinue = isContinue && isHttp11 && length != 0;
        if (isContinue && !expectsContinue)
        {
            fields.RemoveAll(field => field.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase));
        }

        string known = _known.Contains(method) ? method[..1] + method[1..].ToLowerInvariant() : "Other";
        bool isAsterisk = target.Form == "Asterisk"
            || (target.Form == "Absolute" && method == "OPTIONS" && target.Path.Length == 0 && target.Query is null);
        return $"{method} {known} {(isHttp11 ? "Http11" : "Http10")} t={target.Text} p={path} q={target.Query is not null}:{target.Query} "
            + $"a={parts.Text} h={parts.Host} {parts.Port} *={isAsterisk} len={length} f={target.Form} {target.IsHttps} "
            + $"{IsAmbiguous(target.Path)} {isPersistent} {expectsContinue} {expectations.Count > 0 && !isContinue} {acceptsTrailers} {hasUpgrade}\n"
            + string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
    }

    private static bool IsAmbiguous(string path) =>
        Regex.IsMatch(path, "//|;|%2f|%3b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The normal form, or null when the path leads above the root or hides what it may not hold.</summary>
    private static string? Normalise(string path)
    {
        if (Regex.IsMatch(path, "%(?:[01].|7f|5c)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))
        {
            return null;
        }

        string decoded = Regex.Replace(path, "%(..)", match =>
        {
            char octet = (char)Convert.ToInt32(match.Groups[1].Value, 16);
            return char.IsAsciiLetterOrDigit(octet) || "-._~".Contains(octet, StringComparison.Ordinal)
                ? octet.ToString()
                : match.Value.ToUpperInvariant();
        });
        List<string> segments = [];
        string[] received = decoded.Split('/')[1..];
        for (int i = 0; i < received.Length; i++)
        {
            bool isLast = i == received.Length - 1;
            switch (received[i])
            {
                case "." when isLast:
                    segments.Add("");
                    break;
                case ".":
                    break;
                case ".." when segments.Count == 0:
                    return null;
                case "..":
                    segments.RemoveAt(segments.Count - 1);
                    segments.AddRange(isLast ? [""] : []);
                    break;
                default:
                    segments.Add(received[i]);
                    break;
            }
        }

        return "/" + string.Join('/', segments);
    }

    private static (string Text, string Host, int Port)? SplitAuthority(string text)
    {
        if (text.Length > 260)
        {
            return null;
        }

        Match match = AuthorityText().Match(text);
        if (!match.Success)
        {
            return null;
        }

        string host = match.Groups[1].Value.ToLowerInvariant();
        string port = match.Groups[2].Value;
        int number = port.Length > 1 ? int.Parse(port.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) : 0;
        if (host[0] == '['
            && !(IPAddress.TryParse(host[1..^1], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return null;
        }

        if (host[0] == '[')
        {
            host = $"[{OneForm(IPAddress.Parse(host[1..^1]).GetAddressBytes())}]";
        }

        if (port.Length > 1 && number is 0 or > 65535)
        {
            return null;
        }

        string withoutDot = host.EndsWith('.') ? host[..^1] : host;
        if (withoutDot.Length == 0 || withoutDot.EndsWith('.'))
        {
            return null;
        }

        return (port.Length > 1 ? host + port : host, withoutDot, number);
    }

    // RFC 5952 section 4: the longest run of zero groups, the first of equals, becomes "::"; mapped IPv4 addresses stay decimal.
    private static string OneForm(byte[] octets)
    {
        string[] groups = [.. Enumerable.Range(0, 8).Select(i => $"{(octets[2 * i] << 8) | octets[(2 * i) + 1]:x}")];
        if (groups[..6].SequenceEqual(["0", "0", "0", "0", "0", "ffff"]))
        {
            return "::ffff:" + string.Join('.', octets[12..]);
        }

        for (int length = 8; length > 1; length--)
        {
            for (int start = 0; start + length <= 8; start++)
            {
                if (groups[start..(start + length)].All(group => group == "0"))
                {
                    return string.Join(':', groups[..start]) + "::" + string.Join(':', groups[(start + length)..]);
                }
            }
        }

        return string.Join(':', groups);
    }

    [GeneratedRegex("^([-!#$%&'*+.^_`|~0-9A-Za-z]{1,32}) ([^ ]+) HTTP/1\\.([01])$", RegexOptions.CultureInvariant)]
    private static partial Regex RequestLine();

    [GeneratedRegex("^(\\[[0-9a-fA-F:.]+\\]|[-A-Za-z0-9._~!$&'()*+;=]+)(:(?:[1-9][0-9]{0,4})?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex AuthorityText();

    private sealed partial record Target(string Form, string Text, string Authority, string Path, string? Query, bool IsHttps)
    {
        public static Target? Parse(string method, string text)
        {
            if (method == "CONNECT")
            {
                return SplitAuthority(text) is { Port: > 0 } ? new Target("Authority", text, text, "", null, false) : null;
            }

            if (text == "*")
            {
                return method == "OPTIONS" ? new Target("Asterisk", text, "", "", null, false) : null;
            }

            Match match = TargetText().Match(text);
            if (!match.Success)
            {
                return null;
            }

            bool isAbsolute = match.Groups[1].Success;
            string authority = match.Groups[2].Value;
            string path = match.Groups[3].Value;
            if (isAbsolute ? SplitAuthority(authority) is null : path.Length == 0)
            {
                return null;
            }

            string? query = match.Groups[4].Success ? match.Groups[4].Value[1..] : null;
            bool isHttps = match.Groups[1].Value.Equals("https", StringComparison.OrdinalIgnoreCase);
            bool isRefused = Regex.IsMatch(path, "%(?:[01].|7f|5c)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
            return isRefused ? null : new Target(isAbsolute ? "Absolute" : "Origin", text, authority, path, query, isHttps);
        }

        [GeneratedRegex(
            "^(?:([hH][tT][tT][pP][sS]?)://([^/?#]*))?((?:/(?:[-A-Za-z0-9._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*)*)(\\?[-A-Za-z0-9._~!$&'()*+,;=:@/?%\\[\\]{}|^`\"]*)?$",
            RegexOptions.CultureInvariant)]
        private static partial Regex TargetText();
    }
}
