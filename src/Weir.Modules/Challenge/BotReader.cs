using System.Globalization;
using System.Text;
using Weir.Modules.Remembering;
using Weir.Modules.Tokens;

namespace Weir.Modules.Challenge;

/// <summary>Reads the options about bots.</summary>
internal static class BotReader
{
    private const int MostLetters = 256;

    /// <summary>The bots; whatever has to end with the module is added to a list.</summary>
    public static IBotCheck[] Read(CheckedBuilder check, ChallengeOptions options, List<IDisposable> held)
    {
        List<IBotCheck> bots = [];
        if (options.SignedBots.Count > 0)
        {
            SignedBot?[] signed = [.. options.SignedBots.Select((each, i) => ReadSigned(check, $"signed_bots[{Text(i)}]", each, held))];
            bots.Add(new SignedBots([.. signed.OfType<SignedBot>()], check.Ed25519));
        }

        if (options.NamedBots.Count > 0)
        {
            (byte[], string[])[] named = [.. options.NamedBots.Select((each, i) => ReadNamed(check, $"named_bots[{Text(i)}]", each))];
            bots.Add(new NamedBots(named, options.WhileUnknown == UnknownBots.Pass, new SystemNames(), check.Log));
        }

        return [.. bots];
    }

    private static string Text(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static (byte[] Agent, string[] Domains) ReadNamed(CheckedBuilder check, string option, NamedBotOptions options)
    {
        if (options.UserAgent.Length is 0 or > MostLetters)
        {
            check.Error(option + ".user_agent", "Every request would be looked up.", "Write what tells the bot's User-Agent from others.");
        }

        foreach (string domain in options.Domains.Where(domain => !IsDomain(domain)))
        {
            check.Error(
                option + ".domains", $"\"{domain}\" is no domain that somebody has to themselves.",
                "Write it in lower case with at least one dot within, as in googlebot.com.");
        }

        return (Encoding.UTF8.GetBytes(options.UserAgent), [.. options.Domains]);
    }

    private static bool IsDomain(string domain) => domain.Contains('.') && !domain.StartsWith('.') && !domain.EndsWith('.')
        && domain.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.');

    private static SignedBot? ReadSigned(CheckedBuilder check, string option, SignedBotOptions options, List<IDisposable> held)
    {
        SignatureAlgorithm[] algorithms = ReadAlgorithms(check, option, options);
        foreach (string name in options.Covers.Where(name => !SignedMessage.IsComponent(name)))
        {
            check.Error(
                option + ".covers", $"\"{name}\" is no component that is known.",
                "Write @method, @authority, @scheme, @target-uri, @path, @query, or a field in lower case.");
        }

        if (options.Covers.Count == 0)
        {
            check.Error(
                option + ".covers", "A signature that covers nothing is good for every request of every site.",
                "Write at least \"@authority\".");
        }

        if (options.Agent is { } agent && (agent.Length == 0 || agent.Any(letter => letter is <= ' ' or > '~')))
        {
            check.Error(
                option + ".agent", $"\"{agent}\" cannot stand in Signature-Agent.",
                "Write it as the bot sends it, as in https://bot.example.");
        }

        KeySource? keys = OpenKeys(check, option, options);
        if (keys is null)
        {
            return null;
        }

        held.Add(keys);
        return new SignedBot
        {
            Name = options.Name,
            Keys = keys,
            Algorithms = algorithms,
            Tag = options.Tag,
            Agent = options.Agent,
            Covers = options.Covers,
            MaxAgeSeconds = (long)options.MaxAge.TotalSeconds,
            LeewaySeconds = (long)options.Leeway.TotalSeconds,
            IsOnce = options.Once,
            Spent = check.Share($"challenge nonces {options.Name}", () => new SpentIds()),
        };
    }

    private static SignatureAlgorithm[] ReadAlgorithms(CheckedBuilder check, string option, SignedBotOptions options)
    {
        bool isSecret = options.SecretFile is not null;
        IReadOnlyList<string> names = options.Algorithms.Count > 0 ? options.Algorithms
            : isSecret ? ["hmac-sha256"]
            : ["ed25519", "rsa-pss-sha512", "ecdsa-p256-sha256", "ecdsa-p384-sha384"];
        List<SignatureAlgorithm> algorithms = [];
        foreach (string name in names)
        {
            if (MessageAlgorithms.Find(name) is not { } algorithm)
            {
                check.Error(
                    option + ".algorithms", $"\"{name}\" is no algorithm that is known.",
                    $"Use some of {string.Join(", ", MessageAlgorithms.Names)}.");
            }
            else if (algorithm.IsSecret != isSecret)
            {
                check.Error(
                    option + ".algorithms",
                    $"{name} needs {(algorithm.IsSecret ? "secret_file" : "keys_file or keys_url")}, and the other kind of key is given.",
                    "Write an entry for each kind.");
            }
            else
            {
                algorithms.Add(algorithm);
            }
        }

        return [.. algorithms];
    }

    private static KeySource? OpenKeys(CheckedBuilder check, string option, SignedBotOptions options)
    {
        int given = (options.KeysFile is null ? 0 : 1) + (options.KeysUrl is null ? 0 : 1) + (options.SecretFile is null ? 0 : 1);
        if (given != 1)
        {
            check.Error(
                option, given == 0 ? "The bot has no keys." : "The bot has keys from several places.",
                "Write one of keys_file, keys_url and secret_file.");
            return null;
        }

        if (options.KeysUrl is { } address)
        {
            if (!IssuerClient.MayAsk(address))
            {
                check.Error(
                    option + ".keys_url", $"\"{address}\" is no https URL.",
                    "Whoever can change the keys on their way can be the bot: only on this machine http will do.");
                return null;
            }

            return UrlKeys.OfBot(address, options.Refresh, check.Log);
        }

        WatchedContent<KeySet>? file = options.KeysFile is { } name
            ? WatchedContent<KeySet>.Open(
                check, option + ".keys_file", name, KeySet.ParseOfBot, "Put the bot's key set there, as its directory gives it.")
            : WatchedContent<KeySet>.Open(
                check, option + ".secret_file", options.SecretFile!, KeySet.ParseSecret, "Make one with `openssl rand -hex 32`.");
        return file is null ? null : new FileKeys(file);
    }
}
