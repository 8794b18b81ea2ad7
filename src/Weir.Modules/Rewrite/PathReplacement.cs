using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>
/// A replacement in paths by regular expression. Whether it matches is found without allocation; the replacement itself makes
/// strings, which is what the platform's type offers.
/// </summary>
internal sealed class PathReplacement
{
    private const int StackCharacters = 512;

    private readonly Regex _pattern;
    private readonly string _with;

    private PathReplacement(Regex pattern, string with)
    {
        _pattern = pattern;
        _with = with;
    }

    /// <summary>Compiles a replacement; null after an error was reported.</summary>
    public static PathReplacement? Parse(ModuleBuilder builder, ReplaceOptions options)
    {
        Regex? pattern = ParsePattern(builder, options.Pattern);
        if (pattern is null || !CheckWith(builder, pattern, options.With))
        {
            return null;
        }

        return new PathReplacement(pattern, Encode(options.With));
    }

    /// <summary>The path with its matches replaced; false when there is no match.</summary>
    public bool TryReplace(ReadOnlySpan<byte> path, [NotNullWhen(true)] out string? replaced)
    {
        replaced = null;
        if (!IsMatch(path))
        {
            return false;
        }

        replaced = _pattern.Replace(Encoding.Latin1.GetString(path), _with);
        return true;
    }

    private bool IsMatch(ReadOnlySpan<byte> path)
    {
        if (path.Length <= StackCharacters)
        {
            Span<char> text = stackalloc char[StackCharacters];
            return _pattern.IsMatch(text[..Encoding.Latin1.GetChars(path, text)]);
        }

        char[] rented = ArrayPool<char>.Shared.Rent(path.Length);
        bool isMatch = _pattern.IsMatch(rented.AsSpan(0, Encoding.Latin1.GetChars(path, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }

    private static Regex? ParsePattern(ModuleBuilder builder, string pattern)
    {
        const string Option = "replace.pattern";
        if (pattern.Length == 0)
        {
            builder.Error(Option, "There is no regular expression.", "Write one: ^/a/(.*)$.");
            return null;
        }

        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            builder.Error(
                Option,
                $"\"{pattern}\" cannot be matched in linear time.",
                "Leave out lookaheads, lookbehinds, backreferences and atomic groups.");
        }
        catch (ArgumentException mistake)
        {
            builder.Error(
                Option,
                $"\"{pattern}\" is not a regular expression: {mistake.Message}",
                "Correct it; a literal . ( [ + needs a backslash.");
        }

        return null;
    }

    private static bool CheckWith(ModuleBuilder builder, Regex pattern, string with)
    {
        const string Option = "replace.with";
        int odd = with.AsSpan().IndexOfAny("?#\\");
        if (odd >= 0)
        {
            builder.Error(Option, $"\"{with[odd]}\" may not stand in a path.", "The query has an option of its own: query.");
            return false;
        }

        if (with.Any(char.IsControl))
        {
            builder.Error(Option, "A control character may not stand in a path.", "Remove it.");
            return false;
        }

        // A reference to a group that is not there would be taken as text, and the text would reach the origin.
        string references = with.Replace("$$", "", StringComparison.Ordinal);
        foreach (Match reference in Regex.Matches(references, @"\$(?:\{(\w+)\}|(\d+))", RegexOptions.NonBacktracking))
        {
            string name = reference.Groups[1].Success ? reference.Groups[1].Value : reference.Groups[2].Value;
            if (pattern.GroupNumberFromName(name) < 0)
            {
                builder.Error(
                    Option,
                    $"{reference.Value} is not a group of \"{pattern}\".",
                    "Count its opening parentheses, or write $$ for a dollar sign.");
                return false;
            }
        }

        return true;
    }

    // People write "/größe"; a path holds octets.
    private static string Encode(string with)
    {
        StringBuilder encoded = new();
        foreach (byte octet in Encoding.UTF8.GetBytes(with))
        {
            bool isKept = octet is > 0x20 and < 0x7F && !"\"<>^`|"u8.Contains(octet);
            encoded.Append(isKept ? ((char)octet).ToString() : "%" + octet.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
