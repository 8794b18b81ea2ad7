using Weir.Cache.Collapsing;
using Weir.Cache.Purging;

namespace Weir.Control;

/// <summary>Carries out an order to purge, in one cache or in all.</summary>
internal static class CachePurger
{
    private const int MostShown = 3;
    private const string Unwritten =
        "A crash before it is written brings back what it touched. Weir goes on trying and says in its log when all purges are on disk; "
        + "free room on that disk, or look into the system's log for what is wrong with it.";

    public static async Task<PurgeReport> PurgeAsync(IReadOnlyList<SharedCache> caches, PurgeOrder order, string who)
    {
        SharedCache[] meant = [.. caches.Where(cache => order.Cache is null || cache.Settings.Name == order.Cache)];
        if (meant.Length == 0)
        {
            string known = string.Join(", ", caches.Select(cache => cache.Settings.Name));
            return caches.Count == 0
                ? Mistake("No stack has a cache.", "Add `cache` to a stack.")
                : Mistake($"There is no cache \"{order.Cache}\".", $"Known are: {known}.");
        }

        List<PurgedCache> done = [];
        List<string> unwritten = [];
        foreach (SharedCache cache in meant)
        {
            List<Purge> purges = [];
            if (Read(order, cache, purges) is { } problem)
            {
                return Mistake(problem, "Nothing was purged.");
            }

            if (order.DryRun)
            {
                PurgeCount count = cache.IsUsed ? cache.Store.CountTouched(purges) : default;
                done.Add(new PurgedCache(cache.Settings.Name, 0, cache.Purges.IsDurable, count.Touched, count.BodyOctets));
                continue;
            }

            PurgeReceipt receipt = await cache.Desk.PurgeAsync(purges, who, Describe(order));
            if (!receipt.IsDone)
            {
                string before = done.Count == 0 ? "" : $" It was purged from {string.Join(", ", done.Select(one => one.Cache))} before.";
                return new PurgeReport(receipt.Refusal, $"Nothing was purged from the cache {cache.Settings.Name}.{before}", done);
            }

            done.Add(new PurgedCache(cache.Settings.Name, (long)receipt.Number, cache.Purges.IsDurable && receipt.NotOnDisk is null));
            if (receipt.NotOnDisk is { } why)
            {
                unwritten.Add($"It is in force in the cache {cache.Settings.Name} as number {receipt.Number}, but not on disk: {why}");
            }
        }

        return unwritten.Count == 0 ? new PurgeReport(null, null, done) : new PurgeReport(string.Join(' ', unwritten), Unwritten, done);
    }

    /// <summary>The order for people: what it names, the first of each kind.</summary>
    public static string Describe(PurgeOrder order)
    {
        List<string> parts = [];
        Add(order.Urls, "");
        Add(order.Prefixes, "prefix ");
        Add(order.Hosts, "host ");
        Add(order.Tags, "tag ");
        if (order.Where is { } where)
        {
            parts.Add($"where {where}");
        }

        if (order.All)
        {
            parts.Add("everything");
        }

        return string.Join(", ", parts);

        void Add(IReadOnlyList<string>? things, string kind)
        {
            if (things is { Count: > 0 })
            {
                string more = things.Count > MostShown ? $" and {things.Count - MostShown} more" : "";
                parts.Add(kind + string.Join(", ", things.Take(MostShown)) + more);
            }
        }
    }

    // What is wrong with it, or null.
    private static string? Read(PurgeOrder order, SharedCache cache, List<Purge> purges)
    {
        IReadOnlyList<string> urls = order.Urls ?? [];
        IReadOnlyList<string> prefixes = order.Prefixes ?? [];
        IReadOnlyList<string> hosts = order.Hosts ?? [];
        IReadOnlyList<string> tags = order.Tags ?? [];
        int things = urls.Count + prefixes.Count + hosts.Count + tags.Count + (order.Where is null ? 0 : 1) + (order.All ? 1 : 0);
        if (things is 0 or > PurgeOrder.MostThings)
        {
            return things == 0
                ? "The order names nothing: give a URL, a prefix, a host, a tag, conditions, or everything."
                : $"An order names at most {PurgeOrder.MostThings} things.";
        }

        string? error = null;
        bool isGood = urls.All(url => PurgeTargets.TryReadUrl(url ?? "", order.Soft, cache.Rules, purges, out error))
            && prefixes.All(prefix => PurgeTargets.TryReadPrefix(prefix ?? "", order.Soft, purges, out error))
            && hosts.All(host => PurgeTargets.TryReadHost(host ?? "", order.Soft, purges, out error))
            && tags.All(tag => PurgeTargets.TryReadTag(tag ?? "", order.Soft, purges, out error));
        if (!isGood)
        {
            return error;
        }

        if (order.Where is { } where)
        {
            if (!PurgeConditions.TryParse(where, out IPurgePredicate? predicate, out error))
            {
                return error;
            }

            purges.Add(Purge.OfPredicate(predicate, order.Soft));
        }

        if (order.All)
        {
            purges.Add(Purge.OfAll(order.Soft));
        }

        return null;
    }

    private static PurgeReport Mistake(string problem, string remedy) => new(problem, remedy, [], IsMistake: true);
}
