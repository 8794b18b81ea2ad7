using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// Asks an origin for all that want the same: fetches, judges what comes, tells those who wait, and stores it while it arrives. It goes on
/// when the first client leaves.
/// </summary>
internal sealed class OriginAsker
{
    private readonly SharedCache _cache;
    private readonly CachePolicy _policy;
    private readonly CacheLimits _limits;
    private readonly RecordMaker _records;
    private readonly PartAsker _parts;

    public OriginAsker(SharedCache cache, CachePolicy policy, CacheLimits limits, RecordMaker records)
    {
        _cache = cache;
        _policy = policy;
        _limits = limits;
        _records = records;
        _parts = new PartAsker(cache, policy, limits, records);
    }

    /// <summary>
    /// Fetches as the owner of a fill. What is to be stored is so by <see cref="Store"/>; all else ends the fill.
    /// </summary>
    /// <param name="exchange">Where nobody waits it is used until the first wait only: it may be over when the answer comes.</param>
    /// <param name="ask">What is asked for.</param>
    /// <param name="fill">The fill.</param>
    /// <param name="interims">Who gets interim responses.</param>
    /// <param name="isWaiting">Whether the exchange waits for it.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<Fetched> FetchAsync(Exchange exchange, Asking ask, Fill fill, ClientStream? interims, bool isWaiting)
    {
        Fetched? fetched = null;
        try
        {
            RequestHead request = RequestOf(ask);
            long requestSeconds = ask.NowSeconds;
            FetchResult result = await exchange.Fetcher!.FetchBelowAsync(
                exchange, request, 0, CacheLimits.WindowOctets, ask.Content, interims);
            bool isUpdate = result.Head?.Status == 304 && !ask.Stale.IsEmpty;
            if (isUpdate && isWaiting && !Selects(ask, result.Head!))
            {
                isUpdate = false;
                requestSeconds = ask.NowSeconds;
                result = await AskAgainAsync(exchange, ask, request, result, interims);
            }

            fetched = (result.Error is not null ? new Fetched { Error = result.Error }
                : result.Head!.Status == 206 && ask.Part is not null ? SettlePart(ask, fill, request, result, requestSeconds)
                : isUpdate ? Update(ask, fill, result, requestSeconds)
                : Settle(ask, fill, request, result, requestSeconds)).From(result);
        }
        finally
        {
            Tell(ask, fill, fetched);
        }

        return fetched;
    }

    /// <summary>Stores what was fetched while it arrives, and ends the fill then; behind what the first client reads.</summary>
    public void Store(Asking ask, Fill fill, Fetched fetched) =>
        ask.Loop.Observe(StoreAsync(ask, fill, fetched, (ArrivingBody)fetched.Body!));

    // RFC 9111 section 4.3.1: for all that ask, so without the client's own conditions and ranges.
    private static RequestHead RequestOf(Asking ask)
    {
        RequestHead request = ask.Request.Copy();
        if (request.Method == RequestMethod.Head)
        {
            request.SetMethod(request.Fields.Store("GET"u8));
        }

        if (ask.Stale.IsEmpty)
        {
            Preconditions.Set(request.Fields, default, default);
            AskForPart(ask, request);
            return request;
        }

        ResponseHead stored = new();
        ask.Stale.LoadHead(stored);
        ReadOnlySpan<byte> tag = stored.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> foundTag) ? foundTag : default;
        ReadOnlySpan<byte> modified = stored.Fields.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> found) ? found : default;
        Preconditions.Set(request.Fields, tag, modified);
        AskForPart(ask, request);
        return request;
    }

    private static void AskForPart(Asking ask, RequestHead request)
    {
        if (ask.Part is not null)
        {
            request.Fields.Set(KnownField.Range, ask.Part);
        }
    }

    private static bool Selects(Asking ask, ResponseHead update)
    {
        ResponseHead stored = new();
        ask.Stale.LoadHead(stored);
        return NotModified.Selects(update.Fields, stored.Fields);
    }

    // RFC 9111 section 4.3.4: the 304 speaks of something else, so what is stored is of no use. All of it is asked for, once for all that
    // wait: origins that compress by themselves may answer a weak tag by the strong one of what they compressed.
    private ValueTask<FetchResult> AskAgainAsync(
        Exchange exchange, Asking ask, RequestHead request, FetchResult update, ClientStream? interims)
    {
        update.Body!.Release();
        _cache.Store.Remove(ask.Hash, ask.Key);
        Preconditions.Set(request.Fields, default, default);
        AskForPart(ask, request);
        return exchange.Fetcher!.FetchBelowAsync(exchange, request, 0, CacheLimits.WindowOctets, ask.Content, interims);
    }

    // RFC 9111 section 4.3.4.
    private Fetched Update(Asking ask, Fill fill, FetchResult result, long requestSeconds)
    {
        result.Body!.Release();
        if (!Selects(ask, result.Head!))
        {
            // Who comes next asks for all of it.
            _cache.Store.Remove(ask.Hash, ask.Key);
            return new Fetched();
        }

        StoringVerdict verdict = _records.Refresh(_cache.Store, UpdateOf(ask, fill, requestSeconds), result.Head!);
        return new Fetched { IsUpdated = true, Verdict = verdict };
    }

    private static StoredUpdate UpdateOf(Asking ask, Fill fill, long requestSeconds) => new()
    {
        Stored = ask.Stale,
        Hash = ask.Hash,
        Key = ask.Key,
        Request = RequestOf(ask),
        Asked = ask.Asked,
        RequestSeconds = requestSeconds,
        NowSeconds = ask.NowSeconds,
        Number = fill.Number,
    };

    private Fetched SettlePart(Asking ask, Fill fill, RequestHead request, FetchResult result, long requestSeconds)
    {
        Fetched fetched = _parts.Settle(ask, fill, request, result, requestSeconds);
        if (fetched.Head is not null)
        {
            Note(ask, fetched.Head, fetched.Verdict);
        }

        return fetched;
    }

    private Fetched Settle(Asking ask, Fill fill, RequestHead request, FetchResult result, long requestSeconds)
    {
        ResponseHead head = result.Head!;
        ResponseCacheControl control = ResponseCacheControl.Read(head.Fields, _policy.Targeted);
        StoringVerdict verdict = StoringRules.Judge(request, ask.Asked, head, control, _policy);
        if (verdict == StoringVerdict.Stored && StatusRules.IsError(head.Status) && !Lifetime.IsExplicit(head.Fields, control)
            && !ask.Stale.IsEmpty && ReuseRules.MayStandIn(ask.Stale.Freshness, ask.Asked, ask.NowSeconds, _policy))
        {
            // A time of the operator's for errors is for those that nothing can stand in for.
            verdict = StoringVerdict.Status;
        }

        NewRecord record = default;
        if (verdict == StoringVerdict.Stored)
        {
            record = _records.Make(head, control, requestSeconds, ask.NowSeconds, fill.Number);
            verdict = IsUseless(head, record.Freshness) ? StoringVerdict.Vanishing
                : IsTooLarge(head) ? StoringVerdict.TooLarge
                : StoringVerdict.Stored;
        }

        Variant variant = default;
        if (verdict == StoringVerdict.Stored && !Variant.TryOf(ask, head, _cache.Store, out variant, out verdict))
        {
            verdict = verdict == StoringVerdict.Stored ? StoringVerdict.TooManyVariants : verdict;
        }

        if (verdict == StoringVerdict.Stored && IsFirstUse(ask, head))
        {
            verdict = StoringVerdict.FirstUse;
        }

        if (verdict is not (StoringVerdict.Stored or StoringVerdict.FirstUse))
        {
            if (verdict != StoringVerdict.TooLarge || !_parts.TryKeepHead(ask, fill, head, control, requestSeconds))
            {
                Note(ask, head, verdict);
            }

            return new Fetched { Head = head, Body = result.Body, Verdict = verdict };
        }

        FollowedBody body = result.Body!;
        if (verdict == StoringVerdict.Stored)
        {
            long announced = head.BodyLength.IsKnown ? head.BodyLength.Octets : -1;
            body = new ArrivingBody(_cache, ask.Loop, body, _limits.ObjectOctets, announced);
        }

        fill.Set(new FillHead(HeadForOthers(head, control), body, variant.Text, variant.Names) { ResponseTimeSeconds = ask.NowSeconds });
        return new Fetched { Head = head, Body = body, Verdict = verdict, Record = record, Variant = variant };
    }

    // RFC 9111 sections 5.2.2.4 and 5.2.2.7: fields that no-cache or private name are the first client's alone.
    private ResponseHead HeadForOthers(ResponseHead head, in ResponseCacheControl control)
    {
        bool hasOwn = control.Has(ResponseDirectives.HasFieldNames)
            || (_policy.SetCookie == SetCookieRule.Strip && head.Fields.Has(KnownField.SetCookie));
        if (!hasOwn)
        {
            return head;
        }

        ResponseHead others = head.Copy();
        StoredFields.Strip(others.Fields, control, _policy);
        return others;
    }

    private bool IsTooLarge(ResponseHead head) =>
        head.BodyLength.IsKnown && !ArrivingBody.Fits(_cache, head.BodyLength.Octets, _limits.ObjectOctets);

    // What is large has to be asked for again before it takes the place of others; whoever waits for it gets it all the same.
    private bool IsFirstUse(Asking ask, ResponseHead head)
    {
        bool isLarge = !head.BodyLength.IsKnown || head.BodyLength.Octets >= _limits.SecondUseOctets;
        return _limits.SecondUseOctets != long.MaxValue && isLarge && ask.Stale.IsEmpty && !_cache.Uses.IsSecond(ask.Hash);
    }

    // Stale from the start, and nothing to validate it by: it could never be served.
    private bool IsUseless(ResponseHead head, in StoredFreshness freshness)
    {
        bool isStale = freshness.MustValidateAlways || freshness.TimeToLiveAt(freshness.ResponseTimeSeconds) <= 0;
        bool hasWindow = !freshness.ForbidsStale
            && (freshness.StaleWhileRevalidateSeconds > 0 || freshness.StaleIfErrorSeconds > 0 || _policy.GraceSeconds > 0);
        return isStale && !hasWindow && !head.Fields.Has(KnownField.ETag) && !head.Fields.Has(KnownField.LastModified);
    }

    // What is not shared is remembered, so that requests for it do not wait for each other; not where the request itself was the reason.
    private void Note(Asking ask, ResponseHead head, StoringVerdict verdict)
    {
        if (head.Status >= 500 || verdict is StoringVerdict.RequestNoStore or StoringVerdict.Authorization or StoringVerdict.Cookie)
        {
            return;
        }

        NewRecord note = new() { Kind = RecordKind.Unshared, KeepUntilSeconds = ask.NowSeconds + CacheLimits.UnsharedSeconds };
        _cache.Store.Insert(ask.Hash, ask.Key, note, default(ReadOnlySpan<byte>));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask StoreAsync(Asking ask, Fill fill, Fetched fetched, ArrivingBody body)
    {
        bool isGivenUp = false;
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                goesOn = await body.ReadOnAsync();
                if (!body.IsStoring && !isGivenUp)
                {
                    // Who reads it gets the rest; who comes now asks by itself.
                    isGivenUp = true;
                    NoteGivenUp(ask, fetched, body);
                    EndFill(ask, fill);
                }
            }

            // A response that broke off is never stored: its length was announced, and did not come.
            if (body.HasAll && body.IsStoring && !fill.IsInvalidated)
            {
                await InsertAsync(ask, fetched, body);
            }
        }
        finally
        {
            body.Finish();
            if (!isGivenUp)
            {
                EndFill(ask, fill);
            }
        }
    }

    private async ValueTask InsertAsync(Asking ask, Fetched fetched, ArrivingBody body)
    {
        NoteSplits(ask, fetched, body);
        if (body.OnDisk is not null)
        {
            // The disk takes its time: nobody waits for it.
            body.Finish();
        }

        await fetched.Variant.InsertAsync(ask, _cache.Store, fetched.Record, body);
    }

    private void EndFill(Asking ask, Fill fill)
    {
        _cache.Fills.End(KeyHash.Of(ask.FillKey), fill);
        fill.Leave();
    }

    // Where there is no room now there may be some later.
    private void NoteGivenUp(Asking ask, Fetched fetched, ArrivingBody body)
    {
        if (!body.HasNoRoom)
        {
            Note(ask, fetched.Head!, StoringVerdict.TooLarge);
        }
    }

    private void NoteSplits(Asking ask, Fetched fetched, ArrivingBody body)
    {
        if (ask.Request.HasQuery && ask.Request.Method == RequestMethod.Get && body.InMemory is { } memory
            && memory.TryChecksum(out uint checksum))
        {
            _cache.Statistics.Splits.Note(ask.Primary, ((ulong)memory.Octets << 42) ^ ((ulong)fetched.Record.Status << 32) ^ checksum);
        }
    }

    private void Tell(Asking ask, Fill fill, Fetched? fetched)
    {
        if (fetched is { IsToStore: true })
        {
            // The fill ends when it is stored.
            return;
        }

        if (fetched is { IsSharedOnce: true })
        {
            // Who waits has it; who comes now asks a second time.
            _cache.Fills.End(KeyHash.Of(ask.FillKey), fill);
            return;
        }

        if (fetched is { IsSliced: true })
        {
            fill.Set(new FillHead(FillOutcome.Stored));
            _cache.Fills.End(KeyHash.Of(ask.FillKey), fill);
            return;
        }

        FillOutcome outcome = fetched is { Error: null, IsUpdated: false } ? FillOutcome.Unshared
            : fetched is not { IsUpdated: true } ? FillOutcome.Failed
            : fetched.Verdict == StoringVerdict.Stored ? FillOutcome.Stored : FillOutcome.Unshared;
        fill.Set(new FillHead(outcome, fetched is null ? ProxyErrors.Internal : fetched.Error));
        _cache.Fills.End(KeyHash.Of(ask.FillKey), fill);
    }
}
