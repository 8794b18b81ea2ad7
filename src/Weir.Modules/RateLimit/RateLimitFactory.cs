using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Expressions;

namespace Weir.Modules.RateLimit;

/// <summary>Makes `rate_limit`.</summary>
public sealed class RateLimitFactory : ModuleFactory<RateLimitOptions>
{
    private const string HeaderPrefix = "header.";
    private const string CookiePrefix = "cookie.";

    // What tells an expression from a mistyped word.
    private static readonly string[] _roots = ["request.", "client.", "server.", "tls.", "route."];

    // Nanoseconds of this many seconds are far from the end of a long.
    private const double MostSeconds = 1e9;

    /// <inheritdoc/>
    public override string Name => "rate_limit";

    /// <inheritdoc/>
    public override string Summary => "Bounds how many requests a client may send in a time.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "A rate limit above access also spends its table on clients that access refuses."),
        new(OrderRelation.Above, "respond", "An answer above rate_limit is given as often as anyone asks."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(RateLimitOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options.Rate.PerSecond is not > 0)
        {
            check.Error("rate", "A rate of 0 lets nothing through.", "Write at least 1/d; `respond: 403` refuses everything.");
        }

        KeySource? key = ReadKey(check, options.Key);
        if (check.HasErrors)
        {
            return null;
        }

        int burst = options.Burst ?? (int)Math.Clamp(Math.Ceiling(options.Rate.PerSecond), 1, 1_000_000);
        if (burst / options.Rate.PerSecond > MostSeconds)
        {
            check.Error("burst", $"At {options.Rate} the {burst} requests of a burst take more than thirty years to come back.", "Lower it.");
            return null;
        }

        TokenBuckets buckets = new(options.Entries, options.Rate.PerSecond, burst);
        RateLimitModule module = new(buckets, key!, options.Status, options.DryRun ? new DryRunTally(check.Log) : null);
        return options.Headers ? new TellingRateLimitModule(module, burst, options.Rate) : module;
    }

    private static KeySource? ReadKey(CheckedBuilder check, string text)
    {
        switch (text)
        {
            case "client_ip":
                return new KeySource(KeyKind.ClientAddress, []);
            case "host":
                return new KeySource(KeyKind.Host, []);
            case "all":
                return new KeySource(KeyKind.All, []);
            default:
                break;
        }

        bool isHeader = text.StartsWith(HeaderPrefix, StringComparison.Ordinal);
        bool isCookie = text.StartsWith(CookiePrefix, StringComparison.Ordinal);
        byte[] name = isHeader || isCookie ? Encoding.UTF8.GetBytes(text[HeaderPrefix.Length..]) : [];
        if (text.AsSpan().IndexOfAny('(', '[') >= 0 || Array.Exists(_roots, root => text.StartsWith(root, StringComparison.Ordinal)))
        {
            return ReadExpression(check, text);
        }

        if (!FieldSyntax.IsToken(name))
        {
            check.Error("key", $"\"{text}\" is not a key.", "Write client_ip, header.NAME, cookie.NAME, host, all or an expression.");
            return null;
        }

        return new KeySource(isHeader ? KeyKind.Header : KeyKind.Cookie, name);
    }

    private static KeySource? ReadExpression(CheckedBuilder check, string text)
    {
        if (ExpressionCompiler.TryCompileKey(text, ExpressionScope.Request | ExpressionScope.Route, out KeyExpression? key, out ExpressionError? error))
        {
            return new KeySource(key);
        }

        check.ErrorAt("key", error.Offset, error.Cause, error.Remedy);
        return null;
    }
}
