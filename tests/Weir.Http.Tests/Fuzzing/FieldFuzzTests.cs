using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Testing;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>Fields that decide who a client is and where it belongs, against slow, obvious references.</summary>
public sealed class FieldFuzzTests
{
    private readonly ITestOutputHelper _output;

    public FieldFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Cookies_are_found_where_the_reference_finds_them() => FuzzRun.Run(
        _output,
        random => FuzzRun.Pieces(
            random, 12, "a", "id", "ID", "=", "=", ";", "; ", " ", "\t", "\"", ",", "id=1", "id=\"2\"", "aid=3", "id =4", "\n"),
        CheckCookie);

    [Fact]
    public void X_Forwarded_For_names_the_hops_that_the_reference_names() => FuzzRun.Run(
        _output,
        random => FuzzRun.Pieces(random, 9, "1.2.3.4", "192.0.2.1", "::1", "[2001:db8::1]", "[::1]:80", "1.2.3.4:80", ",", ", ", ",", " ", "\t", "\"", "unknown", "_x", ":", "[", "]", "\n", "256.1.1.1", "01.2.3.4"),
        CheckXForwardedFor);

    [Fact]
    public void Forwarded_names_the_hops_that_the_reference_names() => FuzzRun.Run(
        _output,
        random => FuzzRun.Pieces(
            random, 10, "for=", "For=", "for=1.2.3.4", "for=\"[2001:db8::1]:80\"", "for=\"1.2.3.4:80\"", "for=unknown", "for=_x", ";", "; ", ",", ", ", "proto=http", "host=\"a,b;c\"", "by=_w", " ", "\"",
            "\\", "\n", "=", "for =1.2.3.4"),
        CheckForwarded);

    private static HeaderFields FieldsOf(KnownField field, string text)
    {
        HeaderFields fields = new();
        foreach (string line in text.Split('\n'))
        {
            string value = Regex.Replace(line, "[\\x00-\\x08\\x0a-\\x1f\\x7f]", "").Trim(' ', '\t');
            fields.Add(field, Encoding.Latin1.GetBytes(value));
        }

        return fields;
    }

    private static IEnumerable<string> ValuesOf(HeaderFields fields)
    {
        List<string> values = [];
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            values.Add(Encoding.Latin1.GetString(fields.ValueAt(slot)));
        }

        return values;
    }

    private static string? CheckCookie(string text)
    {
        HeaderFields fields = FieldsOf(KnownField.Cookie, text);
        string? expected = null;
        foreach (string pair in ValuesOf(fields).SelectMany(value => value.Split(';')).Select(pair => pair.Trim(' ', '\t')))
        {
            if (expected is null && pair.StartsWith("id=", StringComparison.Ordinal))
            {
                expected = pair["id=".Length..];
            }
        }

        bool isFound = CookieFields.TryFind(fields, "id"u8, out ReadOnlySpan<byte> value);
        string? actual = isFound ? Encoding.Latin1.GetString(value) : null;
        return actual == expected ? null : $"found {actual ?? "none"}, reference {expected ?? "none"}";
    }

    private static string? CheckXForwardedFor(string text)
    {
        HeaderFields fields = FieldsOf(KnownField.XForwardedFor, text);
        string[] expected =
        [
            .. ValuesOf(fields).SelectMany(value => value.Split(',')).Select(member => member.Trim(' ', '\t')).Where(
                member => member.Length > 0)
                .Select(AddressOf).Reverse().Take(4),
        ];
        Span<IpAddress> hops = stackalloc IpAddress[4];
        return Compare(hops[..XForwardedFor.Read(fields, hops)], expected);
    }

    private static string? CheckForwarded(string text)
    {
        HeaderFields fields = FieldsOf(KnownField.Forwarded, text);
        string[] expected = [.. ValuesOf(fields).SelectMany(Elements).Select(ForOf).Reverse().Take(4)];
        Span<IpAddress> hops = stackalloc IpAddress[4];
        return Compare(hops[..ForwardedField.Read(fields, hops)], expected);
    }

    private static string? Compare(ReadOnlySpan<IpAddress> hops, string[] expected)
    {
        string[] actual = new string[hops.Length];
        for (int i = 0; i < hops.Length; i++)
        {
            actual[i] = hops[i].IsNone ? "none" : IPAddress.Parse(hops[i].ToString()).ToString();
        }

        return actual.SequenceEqual(expected) ? null : $"read: {string.Join(" | ", actual)}\nreference: {string.Join(" | ", expected)}";
    }

    // A quotation mark opens a string in which neither comma nor semicolon separates; one that is never closed runs to the end.
    private static List<string> Elements(string value) =>
        [.. Split(value, ',').Select(element => element.Trim(' ', '\t')).Where(element => element.Length > 0)];

    private static List<string> Split(string value, char separator)
    {
        List<string> parts = [];
        StringBuilder part = new();
        bool isQuoted = false;
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == separator && !isQuoted)
            {
                parts.Add(part.ToString());
                part.Clear();
                continue;
            }

            part.Append(value[i]);
            if (value[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (value[i] == '\\' && isQuoted && i + 1 < value.Length)
            {
                part.Append(value[++i]);
            }
        }

        parts.Add(part.ToString());
        return parts;
    }

    private static string ForOf(string element)
    {
        string[] nodes =
        [
            .. Split(element, ';').Select(pair => pair.Trim(' ', '\t')).Where(
                pair => pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase))
                .Select(pair => pair["for=".Length..]),
        ];
        if (nodes.Length != 1)
        {
            return "none";
        }

        string node = nodes[0];
        return AddressOf(node.Length >= 2 && node[0] == '"' && node[^1] == '"' ? node[1..^1] : node);
    }

    private static string AddressOf(string node)
    {
        Match match = Regex.Match(node, "^(?:\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\\](?::[0-9A-Za-z._-]+)?|([0-9.]+)(?::[0-9A-Za-z._-]+)?|([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))\\z");
        string text = match.Groups[1].Value + match.Groups[2].Value + match.Groups[3].Value;
        bool isIPv4 = match.Groups[2].Success;
        if (!match.Success || Regex.IsMatch(text, "(?:^|[:.])0[0-9]+\\.|\\.0[0-9]") || (isIPv4 && !Regex.IsMatch(text, "^(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})\\z")) || !IPAddress.TryParse(text, out IPAddress? address))
        {
            return "none";
        }

        // The unspecified address is nobody's.
        return address.Equals(IPAddress.IPv6Any) ? "none" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
