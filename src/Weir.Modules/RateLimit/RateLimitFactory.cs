using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>Makes `rate_limit`.</summary>
public sealed class RateLimitFactory : ModuleFactory<RateLimitOptions>
{
    // Nanoseconds of this many seconds are far from the end of a long.
    private const double MostSeconds = 1e9;

    private const int MostRates = 8;
    private const int LongestName = 32;

    private static readonly Rate _defaultRate = new(100, TimeSpan.FromSeconds(1));

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
        RequestKey? key = RequestKeyText.Read(check, "key", options.Key, options.Ipv6Prefix);
        Quota[] quotas = [.. Quotas(check, options)];
        if (options.Rates.Count > 0 && (options.Rate is not null || options.Burst is not null))
        {
            check.Error("rates", "rates stands in the place of rate and burst.", "Write rate and burst as an entry of rates.");
        }

        if (check.HasErrors)
        {
            return null;
        }

        Quotas all = new(quotas);
        RateLimitModule module = new(all, key!, [.. options.Exempt], options.Status, options.Headers ? new RateLimitFields(all) : null)
        {
            Penalty = options.Penalty is { } wanted ? new Penalty(wanted, options.Entries) : null,
            DryRun = options.DryRun ? new RefusalTally(check.Log, "dry_run: ", " requests would have been refused so far") : null,
        };
        return options.Headers ? new TellingRateLimitModule(module) : module;
    }

    private static IEnumerable<Quota> Quotas(CheckedBuilder check, RateLimitOptions options)
    {
        if (options.Rates.Count == 0)
        {
            QuotaOptions only = new() { Rate = options.Rate ?? _defaultRate, Burst = options.Burst, Name = "default" };
            return Quota(check, "", only, options.Entries) is { } quota ? [quota] : [];
        }

        if (options.Rates.Count > MostRates)
        {
            check.Error("rates", $"{options.Rates.Count} rates are more than a request is held against.", $"Write {MostRates} at most.");
            return [];
        }

        return [.. options.Rates.Select((each, i) => Quota(check, $"rates[{i}].", each, options.Entries)).OfType<Quota>()];
    }

    private static Quota? Quota(CheckedBuilder check, string place, QuotaOptions options, int entries)
    {
        if (options.Rate.PerSecond is not > 0)
        {
            check.Error(place + "rate", "A rate of 0 lets nothing through.", "Write at least 1/d; `respond: 403` refuses everything.");
            return null;
        }

        string name = options.Name ?? options.Rate.ToString();
        if (name.Length is 0 or > LongestName || name.Any(letter => letter is < ' ' or > '~' or '"' or '\\'))
        {
            check.Error(place + "name", $"\"{name}\" cannot stand in RateLimit.", $"Write up to {LongestName} letters, digits and signs, but no quotation marks.");
            return null;
        }

        int burst = options.Burst ?? (int)Math.Clamp(Math.Ceiling(options.Rate.PerSecond), 1, 1_000_000);
        if (burst / options.Rate.PerSecond > MostSeconds)
        {
            check.Error(place + "burst", $"At {options.Rate} the {burst} requests of a burst take more than thirty years to come back.", "Lower it.");
            return null;
        }

        return new Quota(new TokenBuckets(entries, options.Rate.PerSecond, burst), options.Rate, burst, name);
    }
}
