using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Expressions;
using Weir.Modules.Limiting;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>Makes `challenge`.</summary>
public sealed class ChallengeFactory : ModuleFactory<ChallengeOptions>
{
    private const int Entries = 100_000;

    /// <inheritdoc/>
    public override string Name => "challenge";

    /// <inheritdoc/>
    public override string Summary => "Lets suspicious clients prove by a puzzle, or by waiting, that they are worth an answer.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "A challenge above access also asks clients for a proof that access refuses."),
        new(OrderRelation.Below, "cors", "A browser asks cors before it shows anything, so challenge above it refuses the question."),
        new(OrderRelation.Above, "respond", "An answer above challenge is given to everyone."),
        new(OrderRelation.Above, "mirror", "A mirror above challenge also copies requests of clients that are challenged."),
        new(
            OrderRelation.Above, "cache",
            "A cache above challenge serves what it has stored to everyone, and its answers come in place of puzzles.")
        {
            IsDangerous = true,
        },
    ];

    /// <inheritdoc/>
    protected override IModule? Create(ChallengeOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        Suspicion? suspicion = ReadSuspicion(check, options);
        string? page = options.Page is { } file ? ReadPage(check, file) : null;
        List<IDisposable> held = [];
        Func<SealKeys>? keys = OpenKeys(check, options, held);
        IBotCheck[] bots = BotReader.Read(check, options, held);
        if (options.NoScript && options.NoScriptRate.PerSecond is not > 0)
        {
            check.Error("no_script_rate", "A rate of 0 lets nobody pass.", "Write `no_script: false`, which tells visitors so.");
        }

        if (check.HasErrors || suspicion is null || keys is null)
        {
            held.ForEach(each => each.Dispose());
            return null;
        }

        int waitSeconds = options.NoScript ? (int)Math.Ceiling(options.NoScriptWait.TotalSeconds) : 0;
        Stamps stamps = new(keys, new ClientBinding(options.Bind, options.BindUserAgent));
        PassCookies cookies = new(stamps)
        {
            SolvedSeconds = (long)options.For.TotalSeconds,
            WaitedSeconds = options.NoScript ? (long)options.NoScriptFor.TotalSeconds : 0,
            WaitSeconds = waitSeconds + 600,
        };
        return new ChallengeModule(suspicion, stamps, cookies, new ChallengeCounters(check))
        {
            Pages = [.. Difficulties(options)
                .Select(bits => (bits, ChallengePage.Make(page, bits, bits > options.Difficulty ? 0 : waitSeconds)))],
            Solved = check.Share("challenge solved", () => new SpentIds()),
            SolveSeconds = (long)options.SolveWithin.TotalSeconds,
            Status = options.Status,
            NoScript = options.NoScript ? MakeNoScript(check, options, waitSeconds) : null,
            Bots = bots,
            IsDryRun = options.DryRun,
            Held = held,
        };
    }

    private static IEnumerable<int> Difficulties(ChallengeOptions options) =>
        options.Levels.Select(level => level.Difficulty).Append(options.Difficulty).Distinct().Order();

    private static NoScript MakeNoScript(CheckedBuilder check, ChallengeOptions options, int waitSeconds)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(16);
        TokenBuckets buckets = new(Entries, options.NoScriptRate.PerSecond, BurstOf(options.NoScriptRate.PerSecond * 3600));
        return new NoScript(
            buckets, check.Share("challenge waited", () => new SpentIds()),
            (BinaryPrimitives.ReadUInt64LittleEndian(secret), BinaryPrimitives.ReadUInt64LittleEndian(secret.AsSpan(8))), waitSeconds);
    }

    private static int BurstOf(double count) => (int)Math.Clamp(Math.Ceiling(count), 1, 1_000_000);

    private static Suspicion? ReadSuspicion(CheckedBuilder check, ChallengeOptions options)
    {
        Condition? when = options.When is { } text ? Compile(check, "when", text) : null;
        Condition? exemptWhen = options.ExemptWhen is { } exempt ? Compile(check, "exempt_when", exempt) : null;
        (Condition? When, int Points)[] signs = [.. options.Signs
            .Select((sign, i) => (Compile(check, $"signs[{i.ToString(CultureInfo.InvariantCulture)}].when", sign.When), sign.Points))];
        RequestKey? key = options.Rate is null ? null : RequestKeyText.Read(check, "key", options.Key, 64);
        if (options.Rate is { PerSecond: not > 0 })
        {
            check.Error("rate", "A rate of 0 challenges everyone.", "Write `always: true`, or a rate of at least 1/d.");
        }

        if (options.Rate is null && (options.Burst is not null || options.Key != "client_ip"))
        {
            check.Error(options.Burst is null ? "key" : "burst", "It belongs to a rate, and there is none.", "Add `rate`, or remove it.");
        }

        CheckLevels(check, options);
        if (!ExchangeTags.TryFind(ChallengeTag.Name, out ulong tag))
        {
            check.Error("", $"There are more than {ExchangeTags.Most} tags since this process began.", "Use fewer, or restart it.");
        }

        return check.HasErrors ? null : new Suspicion(tag)
        {
            IsForAll = options.Always,
            When = when,
            ExemptWhen = exemptWhen,
            Exempt = [.. options.Exempt],
            Rate = options.Rate is { } rate ? new TokenBuckets(Entries, rate.PerSecond, options.Burst ?? BurstOf(rate.Count)) : null,
            Key = key,
            Signs = [.. signs.Select(sign => (sign.When!, sign.Points))],
            Threshold = options.Threshold,
            Bits = options.Difficulty,
            Levels = [.. options.Levels.Select(level => (level.Score, level.Difficulty)).OrderBy(level => level.Score)],
        };
    }

    private static void CheckLevels(CheckedBuilder check, ChallengeOptions options)
    {
        if (options.Levels.Count > 0 && options.Signs.Count == 0)
        {
            check.Error("levels", "Levels go by the score, and nothing gives points.", "Add `signs`, or raise `difficulty`.");
        }

        int hardest = options.Difficulty;
        int score = int.MinValue;
        foreach ((int i, ChallengeLevelOptions level) in options.Levels.Index())
        {
            if (level.Score <= score || level.Difficulty <= hardest)
            {
                check.Error(
                    string.Create(CultureInfo.InvariantCulture, $"levels[{i}]"), "It is not above what stands before it.",
                    "Let both score and difficulty rise from level to level, beginning above `difficulty`.");
            }

            score = level.Score;
            hardest = level.Difficulty;
        }
    }

    private static Condition? Compile(CheckedBuilder check, string option, string text)
    {
        const ExpressionScope Scope = ExpressionScope.Request | ExpressionScope.Route;
        if (ExpressionCompiler.TryCompile(text, Scope, out Condition? condition, out ExpressionError? error))
        {
            return condition;
        }

        check.ErrorAt(option, error.Offset, error.Cause, error.Remedy);
        return null;
    }

    private static string? ReadPage(CheckedBuilder check, string file)
    {
        string page = Encoding.UTF8.GetString(ContentFile.Read(check, "page", file));
        if (page.Length > 0 && page.Split(ChallengePage.Placeholder).Length != 2)
        {
            check.Error(
                "page", $"\"{file}\" does not hold {ChallengePage.Placeholder} once.",
                "Write it where the page's head ends, in front of </head>.");
        }

        return page;
    }

    private static Func<SealKeys>? OpenKeys(CheckedBuilder check, ChallengeOptions options, List<IDisposable> held)
    {
        if (options.SecretFile is not { } name)
        {
            SealKeys kept = new([check.Secret("challenge")]);
            return () => kept;
        }

        WatchedContent<SealKeys>? file = WatchedContent<SealKeys>.Open(
            check, "secret_file", name, SealKeys.Parse,
            "Make a secret with `openssl rand -hex 32`; a new one goes in front of those before.");
        if (file is null)
        {
            return null;
        }

        held.Add(file);
        return () => file.Current;
    }
}
