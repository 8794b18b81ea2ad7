using System.Text;
using System.Text.RegularExpressions;
using Weir.Http.Http1;
using Weir.Http.Semantics;
using Weir.Testing;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>The normal form of paths against a slow, obvious reference and against what it promises.</summary>
public sealed class PathFuzzTests
{
    private readonly ITestOutputHelper _output;

    public PathFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Paths_are_normalised_as_the_reference_does_and_keep_no_dot_segment() => FuzzRun.Run(_output, Make, Check);

    private static string Make(Random random) => "/" + FuzzRun.Pieces(
        random, 14, "/", "/", ".", "..", "%2e", "%2E", "a", "B", "%41", "%2f", "%2F", "%e4", "%C3%A4", "%25", "%2", "%", "%zz", "%5c", "\\", ";x", "//", "/./", "/../", "%7e", "~",
        "%00", "%0d", "%7F", "@", ":", "|", " ", "?", "#", "%252e", "...");

    private static string? Check(string text)
    {
        byte[] path = Encoding.Latin1.GetBytes(text);
        byte[] target = new byte[path.Length];
        RejectReason reason = PathNormaliser.Normalise(path, target, out int written);
        string? expected = Reference(text);
        string? actual = reason == RejectReason.None ? Encoding.Latin1.GetString(target, 0, written) : null;
        if (actual != expected)
        {
            return $"normaliser: {actual ?? reason.ToString()}\nreference: {expected ?? "refused"}";
        }

        RejectReason checkedReason = PathNormaliser.Check(path, out bool isNormal);
        if (isNormal && (checkedReason != RejectReason.None || actual != text))
        {
            return $"taken for normal: {checkedReason}, {actual}";
        }

        if (checkedReason != RejectReason.None && actual is not null)
        {
            return $"checked {checkedReason}, but normalised to {actual}";
        }

        return actual is null ? null : CheckPromises(actual);
    }

    private static string? CheckPromises(string normal)
    {
        byte[] again = new byte[normal.Length];
        byte[] octets = Encoding.Latin1.GetBytes(normal);
        if (PathNormaliser.Normalise(octets, again, out int written) != RejectReason.None
            || Encoding.Latin1.GetString(again, 0, written) != normal)
        {
            return $"not idempotent: {normal}";
        }

        bool hasDots = normal.Split('/').Any(segment => segment is "." or "..");
        bool hasEncodedDots = normal.Contains("%2e", StringComparison.OrdinalIgnoreCase);
        return hasDots || hasEncodedDots || normal[0] != '/' || Regex.IsMatch(normal, "[\\x00-\\x20\\x7f-\\xff\\\\#?]")
            ? $"not normal: {normal}"
            : null;
    }

    /// <summary>RFC 3986 sections 2.3, 6.2.2 and 5.2.4, a step after the other; null where a path is refused.</summary>
    private static string? Reference(string path)
    {
        if (!Regex.IsMatch(path, "^(?:[-A-Za-z0-9._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*\\z")
            || Regex.IsMatch(path, "%(?:[01].|7f|5c)", RegexOptions.IgnoreCase))
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
        List<string> output = [];
        string[] segments = decoded.Split('/');
        for (int i = 1; i < segments.Length; i++)
        {
            bool isLast = i == segments.Length - 1;
            if (segments[i] == ".." && output.Count == 0)
            {
                return null;
            }

            if (segments[i] == "..")
            {
                output.RemoveAt(output.Count - 1);
            }

            if (segments[i] is not ("." or ".."))
            {
                output.Add(segments[i]);
            }
            else if (isLast)
            {
                output.Add("");
            }
        }

        return "/" + string.Join('/', output);
    }
}
