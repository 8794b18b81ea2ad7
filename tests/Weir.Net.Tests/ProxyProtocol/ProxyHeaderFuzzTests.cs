using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Net.ProxyProtocol;
using Weir.Testing;

namespace Weir.Net.Tests.ProxyProtocol;

/// <summary>PROXY headers of both versions against a slow, obvious reference, whole and in pieces.</summary>
public sealed class ProxyHeaderFuzzTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    private readonly ITestOutputHelper _output;

    public ProxyHeaderFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Version_1_is_read_as_the_reference_reads_it() => FuzzRun.Run(
        _output,
        random => (random.Next(8) == 0 ? "" : "PROXY ") + FuzzRun.Pieces(
            random, 10, "TCP4", "TCP6", "UNKNOWN", " ", " ", " ", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "1", "080", "65535", "65536", "\r\n", "\n", "\r", "TCP4 1.2.3.4 5.6.7.8 9 10\r\n",
            "TCP6 ::1 ::2 9 10\r\n", "x"),
        Check);

    [Fact]
    public void Version_2_is_read_as_the_reference_reads_it() => FuzzRun.Run(
        _output,
        random => (random.Next(8) == 0 ? Signature[..random.Next(12)] : Signature) + FuzzRun.Pieces(
            random, 6, "\u0021\u0011\0\u000c", "\u0020\0\0\0", "\u0021\u0021\0\u0024", "\u0021\u0031\0\u0004", "\u0021\u0011\0\u0010", "\u0021\u0011\0\u0003", "\u0031\u0011\0\u000c",
            "\u0022\u0011\0\u000c", "\u0021\u0011\u0008\u0001", "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\0\u0050\u0001\u00bb", "0123456789abcdef0123456789abcdef\0\u0001\0\u0002", "\u0004\0\u0001x"),
        Check);

    private static string? Check(string text)
    {
        byte[] input = Encoding.Latin1.GetBytes(text);
        string whole = Describe(input);
        string reference = text.Length < Signature.Length && Signature.StartsWith(text, StringComparison.Ordinal) ? "NeedMore"
            : text.StartsWith(Signature, StringComparison.Ordinal) ? ReferenceV2(text) : ReferenceV1(text);
        if (whole != reference)
        {
            return $"reader: {whole}\nreference: {reference}";
        }

        // However it arrives: no prefix may be judged otherwise, once it is judged at all.
        for (int length = 0; length < input.Length; length++)
        {
            string part = Describe(input.AsSpan(0, length));
            if (part != "NeedMore")
            {
                return part == whole ? null : $"first {length} octets: {part}\nwhole: {whole}";
            }
        }

        return null;
    }

    private static string Describe(ReadOnlySpan<byte> input)
    {
        ProxyHeaderStatus status = ProxyHeader.Read(input, out ProxyHeader header, out int consumed);
        return status != ProxyHeaderStatus.Complete ? status.ToString()
            : header.HasAddresses
                ? $"{consumed} {IPAddress.Parse(header.Source.ToString())} {header.SourcePort} {IPAddress.Parse(header.Destination.ToString())} {header.DestinationPort}"
                : $"{consumed} none";
    }

    private static string ReferenceV1(string text)
    {
        if (!text.StartsWith("PROXY ", StringComparison.Ordinal))
        {
            return text.Length < 6 && "PROXY ".StartsWith(text, StringComparison.Ordinal) ? "NeedMore" : "Malformed";
        }

        int end = text.IndexOf("\r\n", StringComparison.Ordinal);
        if (end < 0 || end + 2 > 107)
        {
            return text.Length >= 107 ? "Malformed" : "NeedMore";
        }

        string line = text[..end];
        if (Regex.IsMatch(line, "^PROXY UNKNOWN(?: |\\z)", RegexOptions.Singleline))
        {
            return $"{end + 2} none";
        }

        Match match = Regex.Match(line, "^PROXY (TCP[46]) ([^ ]+) ([^ ]+) (0|[1-9][0-9]{0,4}) (0|[1-9][0-9]{0,4})\\z");
        if (!match.Success || int.Parse(match.Groups[4].Value, null) > 65535 || int.Parse(match.Groups[5].Value, null) > 65535)
        {
            return "Malformed";
        }

        bool isIPv6 = match.Groups[1].Value == "TCP6";
        string? source = AddressOf(match.Groups[2].Value, isIPv6);
        string? destination = AddressOf(match.Groups[3].Value, isIPv6);
        return source is null || destination is null
            ? "Malformed"
            : $"{end + 2} {source} {match.Groups[4].Value} {destination} {match.Groups[5].Value}";
    }

    private static string? AddressOf(string text, bool isIPv6)
    {
        bool isFamily = isIPv6
            ? text.Contains(':', StringComparison.Ordinal)
            : Regex.IsMatch(text, "^(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})\\z");
        if (!isFamily || !Regex.IsMatch(text, "^[0-9A-Fa-f:.]+\\z") || !IPAddress.TryParse(text, out IPAddress? address)
            || address.AddressFamily != (isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork))
        {
            return null;
        }

        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static string ReferenceV2(string text)
    {
        if (text.Length < 16)
        {
            return "NeedMore";
        }

        int length = (text[14] << 8) | text[15];
        if (text[12] is not ('\u0020' or '\u0021') || 16 + length > 16 + 2048)
        {
            return "Malformed";
        }

        if (text.Length < 16 + length)
        {
            return "NeedMore";
        }

        int width = (text[13] >> 4) switch { 1 => 4, 2 => 16, _ => 0 };
        if (text[12] == '\u0020' || width == 0)
        {
            return $"{16 + length} none";
        }

        if (length < (2 * width) + 4)
        {
            return "Malformed";
        }

        byte[] octets = Encoding.Latin1.GetBytes(text[16..]);
        string source = Text(octets.AsSpan(0, width));
        string destination = Text(octets.AsSpan(width, width));
        int at = 2 * width;
        return $"{16 + length} {source} {(octets[at] << 8) | octets[at + 1]} {destination} {(octets[at + 2] << 8) | octets[at + 3]}";
    }

    private static string Text(ReadOnlySpan<byte> octets)
    {
        IPAddress address = new(octets);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
