using System.Globalization;
using Spectre.Console;
using Weir.Cache.Statistics;
using Weir.Control;

namespace Weir.Cli.Control;

/// <summary>The caches for a person.</summary>
internal static class CacheTable
{
    private const int MostShown = 30;

    private static readonly string[] _units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Each cache in a line, then its routes.</summary>
    public static void WriteCaches(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(
            ["cache", "objects", "memory", "of", "requests", "hit ratio", "filling", "evicted", "purged", "remarks"], StyleOf);
        foreach (CacheReport cache in caches)
        {
            table.Add(
            [
                cache.Name, Number(cache.Objects), Size(cache.MemoryBytes), Size(cache.CapacityBytes), Number(cache.Requests), Percent(cache.HitRatio),
                Number(cache.Fills), Number(cache.Evicted), Number(cache.Purged), string.Join("; ", Remarks(cache)),
            ]);
        }

        table.Write(output);
        WriteDisks(caches, output);
        foreach (CacheReport cache in caches.Where(cache => cache.Routes.Count > 0))
        {
            output.WriteLine();
            WriteRoutes(cache, output);
        }
    }

    /// <summary>What is served most.</summary>
    public static void WriteTop(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(["cache", "hits", "URL"], StyleOf);
        foreach (CacheReport cache in caches)
        {
            foreach (HotKey top in cache.Top.Take(MostShown))
            {
                table.Add([cache.Name, "~" + Number(top.Hits), top.Url]);
            }
        }

        WriteOr(table, caches.Any(cache => cache.Top.Count > 0), $"Too few hits yet: one of {HotKeys.Sample} is looked at.", output);
    }

    /// <summary>Why origins were asked, and why responses were not stored.</summary>
    public static void WriteMisses(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(["cache", "site", "route", "what", "why", "requests"], StyleOf);
        bool isAny = false;
        foreach (CacheReport cache in caches)
        {
            foreach (CacheRoute route in cache.Routes)
            {
                foreach ((string what, string why, long count) in Reasons(route).OrderByDescending(reason => reason.Count))
                {
                    isAny = true;
                    table.Add([cache.Name, route.Site, Route(route), what, why, Number(count)]);
                }
            }
        }

        WriteOr(table, isAny, "Nothing went on to an origin yet.", output);
        if (isAny)
        {
            output.WriteLine();
            output.WriteLine("docs/guide/cache.md says what each reason means and what to do about it.");
        }
    }

    /// <summary>Parameters that make no difference.</summary>
    public static void WriteSplits(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(["cache", "host", "parameter", "same", "different", "advice", "example"], StyleOf);
        foreach (CacheReport cache in caches)
        {
            foreach (QuerySplit split in cache.Splits.Take(MostShown))
            {
                string advice = split.IsNeedless ? $"ignore_query: [{split.Parameter}]" : "keep";
                table.Add(
                    [cache.Name, split.Authority, split.Parameter, Number(split.Same), Number(split.Different), advice, split.Example]);
            }
        }

        WriteOr(table, caches.Any(cache => cache.Splits.Count > 0), "No two stored responses differ in one query parameter alone.", output);
    }

    /// <summary>The last purges.</summary>
    public static void WritePurges(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(["time (UTC)", "cache", "number", "kind", "touched", "state", "who", "what"], StyleOf);
        foreach ((CacheReport cache, PurgeEntry purge) in caches.SelectMany(cache => cache.Purges.Select(purge => (cache, purge)))
            .OrderByDescending(pair => pair.purge.At).Take(MostShown))
        {
            table.Add(
            [
                purge.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), cache.Name, Number(purge.Number),
                purge.Soft ? "soft" : "hard", Number(purge.Touched), purge.State, purge.Who, What(purge),
            ]);
        }

        WriteOr(table, caches.Any(cache => cache.Purges.Count > 0), "Nothing was purged since the start.", output);
    }

    /// <summary>Octets for people.</summary>
    public static string Size(long octets)
    {
        double size = octets;
        int unit = 0;
        for (; size >= 1024 && unit < _units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return size.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + _units[unit];
    }

    private static void WriteDisks(IReadOnlyList<CacheReport> caches, TextWriter output)
    {
        TextTable table = new(
            [
                "cache", "disk", "objects", "segments", "taken", "of", "index", "hits", "opened", "misses", "written", "dropped", "evicted",
                "remarks",
            ],
            StyleOf);
        foreach (CacheReport cache in caches)
        {
            if (cache.Disk is { } disk)
            {
                table.Add(
                [
                    cache.Name, disk.State, Number(disk.Objects), $"{Number(disk.Segments)} of {Number(disk.SegmentLimit)}",
                    Size(disk.Bytes), Size(disk.CapacityBytes), Size(disk.IndexBytes),
                    Number(disk.Hits), Number(disk.Opened), Number(disk.Misses), Number(disk.Stored),
                    Number(disk.Dropped.Values.Sum()), Number(disk.Evicted), string.Join("; ", Remarks(disk)),
                ]);
            }
        }

        if (caches.Any(cache => cache.Disk is not null))
        {
            output.WriteLine();
            table.Write(output);
        }
    }

    private static IEnumerable<string> Remarks(CacheDiskReport disk)
    {
        if (disk.Problem is { } problem)
        {
            yield return problem;
        }

        if (disk.State == "on" && disk.LoadMs > 0)
        {
            yield return $"known after {Number(disk.LoadMs)} ms";
        }

        if (disk.Dropped.Count > 0)
        {
            yield return "dropped: " + string.Join(", ", disk.Dropped.Select(pair => $"{Number(pair.Value)} {pair.Key}"));
        }

        long failures = disk.Corrupt + disk.ReadFailures + disk.WriteFailures + disk.Busy;
        if (failures > 0)
        {
            yield return $"{Number(disk.Corrupt)} damaged, {Number(disk.ReadFailures)} reads and {Number(disk.WriteFailures)} writes "
                + $"refused, {Number(disk.Busy)} looks given up";
        }
    }

    private static void WriteRoutes(CacheReport cache, TextWriter output)
    {
        TextTable table = new(
            ["cache", "site", "route", "requests", "hit ratio", "hit", "stale", "stand-in", "followed", "validated", "forwarded", "not stored"], StyleOf);
        foreach (CacheRoute route in cache.Routes)
        {
            table.Add(
            [
                cache.Name, route.Site, Route(route), Number(route.Requests), Percent(route.HitRatio), Of("hit"), Of("stale"), Of("stand-in"), Of("followed"),
                Of("validated"), Of("forwarded"), Number(route.NotStored.Values.Sum()),
            ]);

            string Of(string outcome) => Number(route.Outcomes.GetValueOrDefault(outcome));
        }

        table.Write(output);
    }

    private static IEnumerable<(string What, string Why, long Count)> Reasons(CacheRoute route) =>
        route.Forwarded.Select(pair => ("went on", pair.Key, pair.Value)).Concat(
            route.NotStored.Select(pair => ("not stored", pair.Key, pair.Value)));

    private static IEnumerable<string> Remarks(CacheReport cache)
    {
        if (cache.HeldBack > 0)
        {
            yield return $"slow readers keep {cache.HeldBack} pieces of memory";
        }

        if (cache.PurgesUnwritten > 0)
        {
            yield return $"a crash would undo {Number(cache.PurgesUnwritten)} purges: they cannot be written to disk";
        }

        if (cache.Splits.Count(split => split.IsNeedless) is var needless and > 0)
        {
            yield return needless == 1 ? "1 query parameter splits keys needlessly: weir cache splits" : $"{needless} query parameters split keys needlessly: weir cache splits";
        }
    }

    private static void WriteOr(TextTable table, bool isAny, string otherwise, TextWriter output)
    {
        if (isAny)
        {
            table.Write(output);
            return;
        }

        output.WriteLine(otherwise);
    }

    private static string What(PurgeEntry purge) =>
        purge.Refusal is { } why ? $"{purge.What} ({why})"
        : purge.NotOnDisk is { } problem ? $"{purge.What} (not on disk when it was answered: {problem})"
        : purge.What;

    private static string Route(CacheRoute route) => route.Route.Length == 0 ? "(site)" : route.Route;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double ratio) => (ratio * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static Style StyleOf(string cell) => cell switch
    {
        "refused" or "off" => new Style(Color.Red),
        "running" or "loading" => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
