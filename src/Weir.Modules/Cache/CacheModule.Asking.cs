using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <content>What the store alone cannot answer: fetching for all that ask, waiting for who fetches, standing in for errors, refreshing
/// beside.</content>
internal sealed partial class CacheModule
{
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> AskAsync(Exchange exchange, Asking ask)
    {
        if (ask.Asked.OnlyIfCached)
        {
            ask.Release(_cache.Store);
            return await AnswerOnlyIfCached(exchange, ask.Forward);
        }

        Fill fill = _cache.Fills.Join(KeyHash.Of(ask.FillKey), ask.FillKey, ask.PrimaryHash, out bool isOwner);
        try
        {
            return isOwner ? await OwnAsync(exchange, ask, fill) : await FollowAsync(exchange, ask, fill);
        }
        finally
        {
            ask.Release(_cache.Store);
            if (!isOwner)
            {
                fill.Leave();
            }
        }
    }

    private async ValueTask<Verdict> OwnAsync(Exchange exchange, Asking ask, Fill fill)
    {
        Fetched fetched = await _asker.FetchAsync(exchange, ask, fill, exchange.Client, isWaiting: true);
        NameServer(exchange, fetched);
        int fetchedStatus = fetched.Head?.Status ?? fetched.Error?.Status ?? 304;
        bool hasFailed = fetched.Error is not null ? !fetched.IsRefused : !fetched.IsToStore && StatusRules.IsError(fetchedStatus);
        if (hasFailed && MayStandIn(ask))
        {
            StoreOrRelease(ask, fill, fetched);
            return await StandInAsync(exchange, ask, fetchedStatus);
        }

        if (fetched.Error is { } error)
        {
            fetched.Refusal?.CopyTo(exchange);
            return Fail(exchange, ask, error, isCollapsed: false);
        }

        if (fetched.IsUpdated || fetched.IsSliced)
        {
            return await ServeUpdatedAsync(exchange, ask, fetched.IsUpdated ? 304 : 0, isCollapsed: false);
        }

        if (fetched.Head is null)
        {
            return await Pass(exchange, ask.Forward);
        }

        CacheStatus status = new()
        {
            Forward = ask.Forward,
            IsStored = fetched.Verdict == StoringVerdict.Stored,
            NotStored = fetched.Verdict,
        };
        bool isPassed = ask.Part is not null && Delivery.TryPassPart(exchange, fetched.Head, fetched.Body!, status);
        bool isOfPart = ask.Part is not null && !isPassed && fetched.Head.Status == 206;
        if (!isPassed && !isOfPart)
        {
            Delivery.Pass(exchange, fetched.Head, fetched.Body!, status);
        }

        if (!isOfPart)
        {
            LoopOf(exchange).Tally.Count(status);
        }

        StoreOrRelease(ask, fill, fetched);

        // The part that came is not what this client wants, and not to be stored.
        return isOfPart ? await Pass(exchange, ask.Forward) : Verdict.Answered;
    }

    private void StoreOrRelease(Asking ask, Fill fill, Fetched fetched)
    {
        if (fetched.IsToStore)
        {
            _asker.Store(ask, fill, fetched);
            return;
        }

        if (fetched.IsSharedOnce)
        {
            fill.Leave();
            return;
        }

        fetched.Body?.Release();
    }

    private async ValueTask<Verdict> FollowAsync(Exchange exchange, Asking ask, Fill fill)
    {
        FillHead? head = await fill.WaitAsync(exchange.Loop, _limits.WaitMs);
        switch (head?.Outcome)
        {
            case FillOutcome.Stored:
                return await ServeUpdatedAsync(exchange, ask, ask.Part is null ? 304 : 0, isCollapsed: true);
            case FillOutcome.Failed when head.Error is { Fault: Fault.Client }:
                // Whom a module below refuses is one client's business.
                return await Pass(exchange, ask.Forward);
            case FillOutcome.Failed when MayStandIn(ask):
                return await StandInAsync(exchange, ask, head.Error?.Status ?? 502);
            case FillOutcome.Failed:
                return Fail(exchange, ask, head.Error ?? ProxyErrors.Internal, isCollapsed: true);
            case FillOutcome.Shared when IsFor(head, ask) && head.Body!.IsWhole:
                // It was joined, so it is not given up before this returns.
                CacheStatus status = new() { Forward = ask.Forward, IsCollapsed = true };
                LoopOf(exchange).Tally.Count(status);
                if (ask.Part is null || !Delivery.TryPassPart(exchange, head.Response!, head.Body, status))
                {
                    Delivery.Pass(exchange, head.Response!, head.Body, status);
                }

                Delivery.AgeSince(exchange, head.ResponseTimeSeconds);
                return Verdict.Answered;
            case FillOutcome.Shared when IsFor(head, ask) && head.Body is ArrivingBody:
                return await fill.WaitForEndAsync(exchange.Loop, _limits.WaitMs) is not null
                    ? await ServeStoredAsync(exchange, ask)
                    : await Pass(exchange, ask.Forward);
            default:
                return await Pass(exchange, ask.Forward);
        }
    }

    // What came too late to follow was stored meanwhile, if all went well: in memory, or on the disk alone.
    private async ValueTask<Verdict> ServeStoredAsync(Exchange exchange, Asking ask)
    {
        CacheLoop loop = LoopOf(exchange);
        byte[]? query = ask.Content?.Span.ToArray();
        LookupResult found = FindAgain(exchange, loop, query, out StoredEntry entry);
        for (int looks = 0; looks < MostLooks && MayBeOnDisk(exchange, loop, found); looks++)
        {
            await _cache.Disk!.LoadAsync(_cache.Store, loop.Hash, loop.Key.ToArray());
            found = FindAgain(exchange, loop, query, out entry);
        }

        DiskHit? hit = found == LookupResult.Found && entry.IsBodyElsewhere ? new DiskHit(_cache.Disk!, exchange.Loop, entry) : null;
        if (found != LookupResult.Found || (hit is not null && !await hit.TryOpenAsync()))
        {
            Release(exchange, entry);
            return await Pass(exchange, ask.Forward);
        }

        CacheStatus status = new() { Forward = ask.Forward, IsCollapsed = true };
        Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, ask.NowSeconds, hit);
        return Verdict.Answered;
    }

    // The page about the error says what the cache did, too.
    private Verdict Fail(Exchange exchange, Asking ask, ProxyError error, bool isCollapsed)
    {
        exchange.Response.Clear();
        Tell(exchange, new CacheStatus { Forward = ask.Forward, IsCollapsed = isCollapsed });
        exchange.Error = error;
        return Verdict.Answered;
    }

    // Who answered, for the log: a miss is a server's answer.
    private static void NameServer(Exchange exchange, Fetched fetched)
    {
        exchange.ServerName = fetched.ServerName;
        exchange.UpstreamName ??= fetched.UpstreamName;
        exchange.RouteName ??= fetched.RouteName;
    }

    private static bool IsFor(FillHead head, Asking ask)
    {
        if (head.Names.Length == 0)
        {
            return true;
        }

        Span<byte> text = new byte[VariantText.MostOctets];
        int octets = VariantText.Write(head.Names, ask.Request.Fields, text);
        return octets >= 0 && text[..octets].SequenceEqual(head.Variant);
    }

    // What was validated a moment ago is served, even where it must be validated before each use.
    private async ValueTask<Verdict> ServeUpdatedAsync(Exchange exchange, Asking ask, int fetchedStatus, bool isCollapsed)
    {
        CacheStatus status = new() { Forward = ask.Forward, ForwardStatus = fetchedStatus, IsCollapsed = isCollapsed };
        if (ask.Part is not null)
        {
            return await ServeFoundSlicesAsync(exchange, ask, status);
        }

        StoredEntry entry = _cache.Store.TryFind(exchange.Loop.Index, ask.Hash, ask.Key, out StoredEntry found) ? found : ask.TakeStale();
        if (entry.IsEmpty)
        {
            exchange.Error = ProxyErrors.Internal;
            return Verdict.Answered;
        }

        Delivery.Serve(exchange, _cache.Store, LoopOf(exchange), _slot, entry, ref status, ask.NowSeconds);
        return Verdict.Answered;
    }

    private bool MayStandIn(Asking ask) =>
        !ask.Stale.IsEmpty && ReuseRules.MayStandIn(ask.Stale.Freshness, ask.Asked, ask.NowSeconds, _policy);

    private async ValueTask<Verdict> StandInAsync(Exchange exchange, Asking ask, int fetchedStatus)
    {
        _cache.Failures.Note(ask.Hash, ask.NowSeconds);
        CacheStatus status = new() { Forward = ask.Forward, ForwardStatus = fetchedStatus, IsStandIn = true };
        if (ask.Stale.Kind == RecordKind.Sliced)
        {
            return await ServeSlicesAsync(exchange, ask, ask.TakeStale(), status);
        }

        Delivery.Serve(exchange, _cache.Store, LoopOf(exchange), _slot, ask.TakeStale(), ref status, ask.NowSeconds);
        return Verdict.Answered;
    }

    // The origin failed a moment ago: nobody waits for it while something may stand in, and who is first asks whether it is back.
    private ValueTask<Verdict> ServeFailing(
        Exchange exchange, CacheLoop loop, in RequestCacheControl asked, in StoredEntry entry, PinnedBody? content, bool mayAsk)
    {
        if (mayAsk)
        {
            RefreshBeside(exchange, loop, asked, entry, content);
        }

        CacheStatus status = new() { IsStandIn = true };
        Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, exchange.Loop.UnixMs / 1000);
        return new(Verdict.Answered);
    }

    // The same for a HEAD that went on by itself.
    private bool TryStandIn(Exchange exchange, PassNote note)
    {
        int status = exchange.Error?.Status ?? exchange.Response.Status;
        if (!StatusRules.IsError(status) || !_cache.Store.TryFind(exchange.Loop.Index, note.Hash, note.Key, out StoredEntry stored))
        {
            return false;
        }

        long nowSeconds = exchange.Loop.UnixMs / 1000;
        if (stored.Kind != RecordKind.Response
            || !ReuseRules.MayStandIn(stored.Freshness, RequestCacheControl.Read(exchange.Request.Fields), nowSeconds, _policy))
        {
            Release(exchange, stored);
            return false;
        }

        exchange.Error = null;
        CacheStatus told = new() { Forward = note.Forward, ForwardStatus = status, IsStandIn = true };
        Delivery.Serve(exchange, _cache.Store, LoopOf(exchange), _slot, stored, ref told, nowSeconds);
        return true;
    }

    private void Release(Exchange exchange, in StoredEntry entry)
    {
        if (!entry.IsEmpty)
        {
            _cache.Store.Release(exchange.Loop.Index, entry);
        }
    }

    // RFC 5861 section 3: the client has its answer at once; one fetch for all that get it meanwhile.
    private void RefreshBeside(
        Exchange exchange, CacheLoop loop, in RequestCacheControl asked, in StoredEntry served, PinnedBody? content, byte[]? part = null)
    {
        // A hold of its own; what is found may be another one by now.
        if (!_cache.Store.TryFind(exchange.Loop.Index, loop.Hash, loop.Key, out StoredEntry stale) || stale.Kind != served.Kind)
        {
            Release(exchange, stale);
            return;
        }

        Asking ask = new(exchange, loop, asked, CacheForward.Stale, stale, content) { Part = part };
        Fill fill = _cache.Fills.Join(KeyHash.Of(ask.FillKey), ask.FillKey, ask.PrimaryHash, out bool isOwner);
        if (!isOwner)
        {
            fill.Leave();
            ask.Release(_cache.Store);
            return;
        }

        exchange.Loop.Observe(RefreshAsync(exchange, ask, fill));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RefreshAsync(Exchange exchange, Asking ask, Fill fill)
    {
        try
        {
            Fetched fetched = await _asker.FetchAsync(exchange, ask, fill, null, isWaiting: false);
            if (fetched.Error is not null ? !fetched.IsRefused : !fetched.IsToStore && StatusRules.IsError(fetched.Head?.Status ?? 0))
            {
                _cache.Failures.Note(ask.Hash, ask.NowSeconds);
            }

            StoreOrRelease(ask, fill, fetched);
        }
        finally
        {
            ask.Release(_cache.Store);
        }
    }
}
