using System.Globalization;
using System.Text;

namespace Weir.Modules.Challenge;

/// <summary>Reads the options about bots.</summary>
internal static class BotReader
{
    private const int MostLetters = 256;

    /// <summary>The bots.</summary>
    public static IBotCheck[] Read(CheckedBuilder check, ChallengeOptions options)
    {
        List<IBotCheck> bots = [];
        if (options.NamedBots.Count > 0)
        {
            (byte[], string[])[] named = [.. options.NamedBots.Select((each, i) => ReadNamed(check, string.Create(CultureInfo.InvariantCulture, $"named_bots[{i}]"), each))];
            bots.Add(new NamedBots(named, options.WhileUnknown == UnknownBots.Pass, new SystemNames(), check.Log));
        }

        return [.. bots];
    }

    private static (byte[] Agent, string[] Domains) ReadNamed(CheckedBuilder check, string option, NamedBotOptions options)
    {
        if (options.UserAgent.Length is 0 or > MostLetters)
        {
            check.Error(option + ".user_agent", "Every request would be looked up.", "Write what tells the bot's User-Agent from others.");
        }

        foreach (string domain in options.Domains.Where(domain => !IsDomain(domain)))
        {
            check.Error(option + ".domains", $"\"{domain}\" is no domain that somebody has to themselves.", "Write it in lower case with at least one dot within, as in googlebot.com.");
        }

        return (Encoding.UTF8.GetBytes(options.UserAgent), [.. options.Domains]);
    }

    private static bool IsDomain(string domain) => domain.Contains('.') && !domain.StartsWith('.') && !domain.EndsWith('.')
        && domain.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.');
}
