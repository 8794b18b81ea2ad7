using System.Globalization;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>Lines of addresses and ranges; # and ; begin a comment.</summary>
internal static class AddressLines
{
    private const int MostMistakes = 10;
    private const int LongestShown = 50;

    /// <summary>
    /// Gives each range and its line's number; what is wrong is added to the mistakes, the first ones each with its line.
    /// </summary>
    public static void Read(string name, IEnumerable<string> lines, List<string> mistakes, Action<IpPrefix, int> add)
    {
        int line = 0;
        int wrong = 0;
        foreach (string text in lines)
        {
            line++;
            ReadOnlySpan<char> content = Content(text);
            if (content.IsEmpty)
            {
                continue;
            }

            if (TryParse(content, out IpPrefix prefix))
            {
                add(prefix, line);
            }
            else if (++wrong <= MostMistakes)
            {
                ReadOnlySpan<char> shown = content[..Math.Min(content.Length, LongestShown)];
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{name}:{line}: \"{shown}\" is neither an address nor a range."));
            }
        }

        if (wrong > MostMistakes)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{name} has {wrong - MostMistakes} more such lines."));
        }
    }

    private static ReadOnlySpan<char> Content(string text)
    {
        int comment = text.AsSpan().IndexOfAny('#', ';');
        return text.AsSpan(0, comment < 0 ? text.Length : comment).Trim();
    }

    // Bits behind the length mean that somebody meant one or the other: as in the configuration, it is not guessed which.
    private static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        int slash = text.IndexOf('/');
        return IpPrefix.TryParse(text, out prefix)
            && (slash < 0 || (IpAddress.TryParse(text[..slash], out IpAddress written) && written == prefix.Address));
    }
}
