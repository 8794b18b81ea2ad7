using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Cache.Disk;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <content>What memory lacks and the disk may have.</content>
internal sealed partial class CacheModule
{
    // The list of variants, the variant, and one more where they changed meanwhile.
    private const int MostLooks = 3;

    private bool MayBeOnDisk(Exchange exchange, CacheLoop loop, LookupResult found) =>
        found is LookupResult.UriMiss or LookupResult.VaryMiss && !exchange.IsHypothetical
        && _cache.Disk is { } disk && disk.MayHave(loop.Key, exchange.Loop.UnixMs / 1000);

    // Brings it into memory, and decides then.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> LookBelowAsync(Exchange exchange, CacheLoop loop, PinnedBody? content, byte[]? query)
    {
        for (int looks = 0; looks < MostLooks; looks++)
        {
            byte[] key = loop.Key.ToArray();
            KeyHash hash = loop.Hash;
            DiskLoad load = await _cache.Disk!.LoadAsync(_cache.Store, hash, key);
            LookupResult found = FindAgain(exchange, loop, query, out StoredEntry entry);
            exchange.Trace?.Add(Name, $"on disk: {load}");
            if (load == DiskLoad.Missing || looks == MostLooks - 1 || !MayBeOnDisk(exchange, loop, found))
            {
                return await Decide(exchange, loop, found, entry, content);
            }
        }

        return await Pass(exchange, CacheForward.Bypass);
    }

    private LookupResult FindAgain(Exchange exchange, CacheLoop loop, byte[]? query, out StoredEntry entry)
    {
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        return query is null
            ? loop.Find(RulesOf(exchange), exchange.Request, nowSeconds, out entry)
            : loop.FindQuery(RulesOf(exchange), exchange.Request, query, nowSeconds, out entry);
    }

    // Memory has the head alone. The body is pinned before anything is sent: where it is gone, this is a miss.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> ServeFromDiskAsync(Exchange exchange, CacheLoop loop, StoredEntry entry, PinnedBody? content)
    {
        KeyHash hash = loop.Hash;
        byte[] key = loop.Key.ToArray();
        DiskHit hit = new(_cache.Disk!, exchange.Loop, entry);
        if (await hit.TryOpenAsync())
        {
            CacheStatus status = default;
            Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, exchange.Loop.UnixMs / 1000, hit);
            return Verdict.Answered;
        }

        _cache.Store.Release(exchange.Loop.Index, entry);
        _cache.Store.RemoveHead(hash, key);
        exchange.Trace?.Add(Name, "on disk: gone");

        // Others used the loop's key meanwhile.
        byte[]? query = content?.Span.ToArray();
        LookupResult found = FindAgain(exchange, loop, query, out StoredEntry again);
        if (found == LookupResult.Found)
        {
            _cache.Store.Release(exchange.Loop.Index, again);
            return await Pass(exchange, CacheForward.UriMiss);
        }

        return await Decide(exchange, loop, found, default, content);
    }
}
