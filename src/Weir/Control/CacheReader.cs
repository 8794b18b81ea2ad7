using System.Text;
using Weir.Cache.Collapsing;
using Weir.Cache.Disk;
using Weir.Cache.Freshness;
using Weir.Cache.Purging;
using Weir.Cache.Statistics;

namespace Weir.Control;

/// <summary>What is said of a cache.</summary>
internal static class CacheReader
{
    private const int MostTop = 100;

    public static CacheReport Read(SharedCache cache, bool isBrief)
    {
        CacheRoute[] routes = [.. cache.Statistics.Routes.Select(Read)];
        long requests = routes.Sum(route => route.Requests);
        return new CacheReport
        {
            Name = cache.Settings.Name,
            Objects = cache.IsUsed ? cache.Store.Count : 0,
            MemoryBytes = cache.IsUsed ? cache.Store.UsedOctets : 0,
            CapacityBytes = cache.Settings.MemoryOctets,
            Evicted = cache.IsUsed ? cache.Store.EvictedCount : 0,
            Purged = cache.IsUsed ? cache.Store.PurgedCount : 0,
            HeldBack = cache.IsUsed ? cache.Store.HeldBack : 0,
            PinnedBytes = cache.IsUsed ? cache.Store.PinnedOctets : 0,
            SlowReadersCut = cache.IsUsed ? cache.Store.CutCount : 0,
            Fills = cache.Fills.Count,
            PurgesKept = cache.Purges.Count,
            PurgesDurable = cache.Purges is { IsDurable: true, LogProblem: null },
            PurgesUnwritten = cache.Purges.Unwritten,
            Disk = cache.IsUsed && cache.Disk is { } disk ? Read(disk) : null,
            Requests = requests,
            HitRatio = Ratio(routes.Sum(route => route.HitRatio * route.Requests), requests),
            Routes = routes,
            Top = isBrief ? [] : cache.Statistics.Top(MostTop),
            Splits = isBrief ? [] : cache.Statistics.Splits.List(),
            Purges = isBrief ? [] : [.. cache.Desk.Audit.Notes.Select(Read)],
        };
    }

    private static CacheRoute Read(RouteStatistics route)
    {
        long requests = route.Requests;
        long answered = requests - route.Read(CacheOutcome.Forwarded) - route.Read(CacheOutcome.Validated);
        return new CacheRoute
        {
            Site = route.Site,
            Route = route.Route,
            Requests = requests,
            HitRatio = Ratio(answered, requests),
            Outcomes = Words(Enum.GetValues<CacheOutcome>()[..(int)CacheOutcome.Count], CacheOutcomes.Word, route.Read),
            Forwarded = Words(Enum.GetValues<CacheForward>(), forward => Encoding.ASCII.GetString(CacheStatus.Word(forward)), route.Read),
            NotStored = Words(
                Enum.GetValues<StoringVerdict>(), verdict => Encoding.ASCII.GetString(StoringVerdicts.Word(verdict)), route.Read),
        };
    }

    private static CacheDiskReport Read(DiskTier disk)
    {
        DiskStatistics now = disk.Statistics;
        return new CacheDiskReport
        {
            Path = disk.Settings.Path,
            State = DiskStates.Word(now.State),
            Problem = now.Problem.Length == 0 ? null : now.Problem,
            Objects = now.Objects,
            Bytes = now.UsedOctets,
            CapacityBytes = now.CapacityOctets,
            Segments = now.Segments,
            SegmentLimit = now.SegmentLimit,
            IndexBytes = now.IndexOctets,
            LoadMs = now.LoadMs,
            Hits = now.Hits,
            Misses = now.Misses,
            Opened = now.Opened,
            Busy = now.Busy,
            Stored = now.Stored,
            Dropped = Words(DiskDrops.All, DiskDrops.Word, why => now.Dropped[why]),
            Evicted = now.Evicted,
            Corrupt = now.Corrupt,
            ReadFailures = now.ReadFailures,
            WriteFailures = now.WriteFailures,
            WrittenBytes = now.WrittenOctets,
            SavedBytes = now.SavedOctets,
        };
    }

    private static PurgeEntry Read(PurgeNote note) => new(
        note.At,
        note.Who,
        note.What,
        note.IsSoft,
        (long)note.Last,
        note.Touched,
        note.Refusal is not null ? "refused" : note.IsCarriedOut ? "done" : "running",
        note.Refusal,
        note.NotOnDisk);

    private static double Ratio(double part, long whole) => whole == 0 ? 0 : Math.Round(part / whole, 4);

    private static SortedDictionary<string, long> Words<T>(IEnumerable<T> reasons, Func<T, string> word, Func<T, long> read)
    {
        SortedDictionary<string, long> words = new(StringComparer.Ordinal);
        foreach (T reason in reasons)
        {
            if (read(reason) is var count and > 0 && word(reason) is { Length: > 0 } name)
            {
                words[name] = count;
            }
        }

        return words;
    }
}
