using System.Globalization;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;

namespace Weir.Modules.Concurrency;

/// <summary>Makes `concurrency`.</summary>
public sealed class ConcurrencyFactory : ModuleFactory<ConcurrencyOptions>
{
    /// <inheritdoc/>
    public override string Name => "concurrency";

    /// <inheritdoc/>
    public override string Summary => "Bounds how many requests are in flight at once; the rest waits its turn.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "Clients that access refuses take places of a concurrency limit above it."),
        new(OrderRelation.Below, "rate_limit", "A flood that rate_limit refuses fills the queue of a concurrency limit above it."),
        new(OrderRelation.Below, "cache", "A hit takes a place of a concurrency limit above the cache, although no origin works for it."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(ConcurrencyOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        RequestKey? key = RequestKeyText.Read(check, "key", options.Key, options.Ipv6Prefix);
        Check(check, options);
        if (check.HasErrors)
        {
            return null;
        }

        Bounds bounds = BoundsOf(options);
        bool isForAll = options.Key == "all";
        string limits = $"{bounds.OfKey > 0} {bounds.OfAll > 0} {bounds.Learnt is not null}";
        string shape = string.Create(
            CultureInfo.InvariantCulture, $"concurrency {builder.Identity}\n{options.Key} {options.Ipv6Prefix} {options.Entries} {limits}");
        Turnstile Make() => new(isForAll ? null : key, bounds, options.Entries);
        Turnstile turnstile = builder.Identity.Length == 0 ? Make() : builder.Share(shape, Make);
        string name = options.Name ?? options.Key;
        ConcurrencyMetrics.AddGauges(builder, turnstile, name);

        bool looksAtAnswers = bounds.Learnt is not null || !options.HoldTunnels;
        int slot = looksAtAnswers ? builder.ReserveSlot() : -1;
        ConcurrencyModule module = new(turnstile, bounds, slot)
        {
            Exempt = [.. options.Exempt],
            DryRun = options.DryRun
                ? new RefusalTally(builder.Log, "dry_run: ", " requests would have waited or been refused so far")
                : null,
            OfKey = new RefusalTally(
                builder.Log,
                "",
                $" requests were refused so far, because {bounds.OfKey} of one {name} are in flight and its queue is full or slow (limit, queue, wait)"),
            OfAll = new RefusalTally(
                builder.Log,
                "",
                $" requests were refused so far, because all places are taken and the queue is full or slow ({Which(options)}, queue, queue_total, wait)"),
            Counters = new ConcurrencyMetrics(builder, name),
        };
        return looksAtAnswers
            ? new WatchingConcurrencyModule(module, turnstile, slot, bounds.Learnt is not null, options.HoldTunnels)
            : module;
    }

    private static string Which(ConcurrencyOptions options) =>
        options.Adaptive is not null ? "adaptive" : options.Total is not null ? "total" : "limit";

    private static Bounds BoundsOf(ConcurrencyOptions options)
    {
        bool isForAll = options.Key == "all";
        return new Bounds
        {
            OfKey = isForAll ? 0 : options.Limit ?? 0,
            OfAll = options.Total ?? (isForAll ? options.Limit : null) ?? 0,
            Learnt = options.Adaptive,
            Queue = options.Queue,
            QueueOfAll = isForAll ? Math.Max(options.Queue, options.QueueTotal) : options.QueueTotal,
            WaitMs = (int)options.Wait.TotalMilliseconds,
        };
    }

    private static void Check(CheckedBuilder check, ConcurrencyOptions options)
    {
        bool isForAll = options.Key == "all";
        if (options is { Limit: null, Total: null, Adaptive: null })
        {
            check.Error("", "This concurrency bounds nothing.", "Write limit, total or adaptive.");
        }

        if (options is { Total: not null, Adaptive: not null })
        {
            check.Error("adaptive", "adaptive stands in the place of total.", "Leave one of the two out.");
        }

        if (isForAll && options.Limit is not null && (options.Total is not null || options.Adaptive is not null))
        {
            check.Error(
                "limit", "Without a key, limit bounds the same as total or adaptive.", "Leave it out, or write a key such as client_ip.");
        }

        if (!isForAll && options.Limit > options.Total)
        {
            check.Error(
                "limit", $"A key can never have {options.Limit} in flight: total is {options.Total}.", "Lower limit or raise total.");
        }

        if (!isForAll && options.Queue > options.QueueTotal)
        {
            check.Error(
                "queue", $"A key can never have {options.Queue} waiting: queue_total is {options.QueueTotal}.", "Lower queue or raise queue_total.");
        }

        if (options.Adaptive is { } range && (range.Min > range.Start || range.Start > range.Max))
        {
            check.Error(
                "adaptive",
                $"{range.Min}, {range.Start} and {range.Max} are no min, start and max.",
                "Write them in that order, none smaller than the one before.");
        }

        static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
        if (options.Name is { } name && (name.Length is 0 or > 32 || !name.All(IsNameLetter)))
        {
            check.Error("name", $"\"{name}\" is no name.", "Write up to 32 letters, digits, \"_\" and \"-\".");
        }
    }
}
