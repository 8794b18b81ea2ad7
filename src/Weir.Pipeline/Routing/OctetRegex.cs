// Hot: asked for each request where a route has a regular expression.
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A regular expression over octets, each read as the Latin-1 character of the same number. It runs in time linear in the input, whatever
/// the expression: backreferences and lookarounds are therefore refused.
/// </summary>
internal sealed class OctetRegex
{
    private const int StackCharacters = 256;

    private readonly Regex _regex;

    private OctetRegex(Regex regex, string text, bool ignoresCase)
    {
        _regex = regex;
        Text = text;
        IgnoresCase = ignoresCase;
        HasGroups = regex.GetGroupNumbers().Length > 1;
    }

    /// <summary>The expression.</summary>
    public string Text { get; }

    /// <summary>Whether letters match without regard to case.</summary>
    public bool IgnoresCase { get; }

    /// <summary>Whether it has groups, beside the whole match.</summary>
    public bool HasGroups { get; }

    /// <summary>Compiles an expression.</summary>
    public static bool TryCreate(
        string text, bool ignoresCase, [NotNullWhen(true)] out OctetRegex? regex, [NotNullWhen(false)] out PatternError? error)
    {
        RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        regex = null;
        error = null;
        try
        {
            regex = new OctetRegex(new Regex(text, ignoresCase ? options | RegexOptions.IgnoreCase : options), text, ignoresCase);
            return true;
        }
        catch (ArgumentException mistake)
        {
            error = new PatternError(
                $"The regular expression '{text}' is malformed: {mistake.Message}",
                "Correct it; a literal dot, plus or bracket needs a backslash.");
        }
        catch (NotSupportedException)
        {
            error = new PatternError(
                $"The regular expression '{text}' cannot run in linear time.",
                "Leave out backreferences, lookarounds and atomic groups, and make large repetition counts smaller.");
        }

        return false;
    }

    /// <summary>Whether it matches somewhere in the octets.</summary>
    public bool IsMatch(ReadOnlySpan<byte> octets)
    {
        if (octets.Length <= StackCharacters)
        {
            Span<char> characters = stackalloc char[StackCharacters];
            return IsMatch(Widen(octets, characters));
        }

        char[] rented = ArrayPool<char>.Shared.Rent(octets.Length);
        bool isMatch = IsMatch(Widen(octets, rented));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }

    /// <summary>Whether it matches somewhere in octets that were widened before.</summary>
    public bool IsMatch(ReadOnlySpan<char> characters) => _regex.IsMatch(characters);

    /// <summary>
    /// Records the groups of the first match. Allocates, because the platform gives groups only for strings: for the route that was
    /// chosen, where something uses them.
    /// </summary>
    public void Capture(ReadOnlySpan<byte> octets, RouteCaptures captures)
    {
        captures.Clear();
        Match match = _regex.Match(Encoding.Latin1.GetString(octets));
        for (int i = 1; i < match.Groups.Count && i <= RouteCaptures.MaxGroup; i++)
        {
            Group group = match.Groups[i];
            if (group.Success)
            {
                captures.Set(i, group.Index, group.Length);
            }
        }
    }

    /// <summary>Turns octets into the characters of the same numbers.</summary>
    public static ReadOnlySpan<char> Widen(ReadOnlySpan<byte> octets, Span<char> characters) =>
        characters[..Encoding.Latin1.GetChars(octets, characters)];
}
