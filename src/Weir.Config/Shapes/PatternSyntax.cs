using System.Text.RegularExpressions;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>Path and value patterns.</summary>
internal static class PatternSyntax
{
    private const int LongestPattern = 4096;

    internal static Parsed Path(string text, Position position)
    {
        if (text.StartsWith('~'))
        {
            string expression = text[1..].TrimStart();
            return CheckRegex(expression) ?? Parsed.Of(new PathPattern(PathKind.Regex, expression, position));
        }

        if (!text.StartsWith('/'))
        {
            return Parsed.Wrong(
                "does not begin with a slash", $"Write \"/{text.TrimStart('*')}\", or \"~ REGEX\" for a regular expression.");
        }

        bool isPrefix = text.EndsWith("/*", StringComparison.Ordinal);
        string path = isPrefix ? text[..^2] : text;
        if (path.Contains('*'))
        {
            return Parsed.Wrong("has a * that is not its last segment", "Write /x/* for a prefix, or \"~ ^/x\" for a regular expression.");
        }

        return CheckPath(path, isPrefix) ?? Parsed.Of(new PathPattern(isPrefix ? PathKind.Prefix : PathKind.Exact, path, position));
    }

    internal static Parsed Value(string text, Position position)
    {
        if (!text.StartsWith('~'))
        {
            return Parsed.Of(new ValuePattern(text, false, position));
        }

        string expression = text[1..].TrimStart();
        return CheckRegex(expression) ?? Parsed.Of(new ValuePattern(expression, true, position));
    }

    // Requests are matched in their normal form: a pattern in any other form would silently match nothing.
    private static Parsed? CheckPath(string path, bool isPrefix)
    {
        if (path.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            return Parsed.Wrong("holds more than a path", "Remove what begins with ? or #.");
        }

        if (path.Any(c => c is <= ' ' or '\\' or >= '\x7F'))
        {
            return Parsed.Wrong("holds a character that no path holds", "Percent-encode it: a blank is %20.");
        }

        if (path.Split('/').Any(segment => segment is "." or ".."))
        {
            return Parsed.Wrong("holds . or .. as a segment, which requests never do", "Write the path that it comes to.");
        }

        if (isPrefix && path.EndsWith('/'))
        {
            return Parsed.Wrong("has two slashes in front of the *", $"Write \"{path.TrimEnd('/')}/*\".");
        }

        return CheckEscapes(path);
    }

    private static Parsed? CheckEscapes(string path)
    {
        for (int i = path.IndexOf('%'); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return Parsed.Wrong("holds a % without two hexadecimal digits", "Write %25 for the % itself.");
            }

            char decoded = (char)Convert.ToInt32(path.Substring(i + 1, 2), 16);
            if (char.IsAsciiLetterOrDigit(decoded) || decoded is '-' or '.' or '_' or '~')
            {
                return Parsed.Wrong($"holds {path.Substring(i, 3)}, which requests are matched without", $"Write {decoded} instead.");
            }
        }

        return null;
    }

    private static Parsed? CheckRegex(string expression)
    {
        const string Remedy = "Correct the regular expression; put it in single quotes so that backslashes stay.";
        if (expression.Length is 0 or > LongestPattern)
        {
            return Parsed.Wrong(expression.Length == 0 ? "is an empty regular expression" : "is too long a regular expression", Remedy);
        }

        try
        {
            _ = new Regex(expression, Patterns.Options);
            return null;
        }
        catch (RegexParseException exception)
        {
            return Parsed.Wrong($"is not a regular expression: {Describe(exception.Error)} at character {exception.Offset}", Remedy);
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
        {
            // A backreference, a look-around, an atomic group, or a count that makes the automaton too large.
            return Parsed.Wrong(
                "uses what cannot be matched in linear time",
                "Do without look-arounds, backreferences, atomic groups and very large counts.");
        }
    }

    private static string Describe(RegexParseError error)
    {
        string words = ValueShapes.ToSnakeCase(error.ToString()).Replace('_', ' ');
        return words == "unknown" ? "something is wrong" : words;
    }
}
