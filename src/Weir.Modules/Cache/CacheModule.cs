// Hot: one look-up for each request that passes the stack.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// A shared cache (RFC 9111). A request is answered from the store, or waits for a fetch of what stands below, or passes by; the response of
/// one that passes by says why, and may make stored responses invalid.
/// </summary>
internal sealed class CacheModule : IRequestModule, IResponseModule, IFinishModule
{
    private const string Name = "cache";

    // What tells modules in routes' stacks apart: two routes of a site may have one pattern.
    private static int _modules;

    private readonly SharedCache _cache;
    private readonly CachePolicy _policy;
    private readonly CacheLimits _limits;
    private readonly KeyRules _unscopedRules;
    private readonly OriginAsker _asker;
    private readonly IPathRules _pathRules;
    private readonly CacheLoop?[] _loops;
    private readonly int _slot;
    private readonly string? _ownScope;
    private KeyRules? _rules;

    public CacheModule(SharedCache cache, CachePolicy policy, KeyRules rules, CacheLimits limits, ModuleBuilder builder, bool isOwn)
    {
        _cache = cache;
        _policy = policy;
        _limits = limits;
        _unscopedRules = rules;
        _asker = new OriginAsker(cache, policy, limits);
        _pathRules = builder.PathRules;
        _loops = new CacheLoop?[cache.LoopCount];
        _slot = builder.ReserveSlot();
        _ownScope = !isOwn ? null
            : builder.RoutePath is null ? "" : string.Create(CultureInfo.InvariantCulture, $"\nroute {Interlocked.Increment(ref _modules)}");
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (WhyNot(exchange) is var reason and not CacheForward.None)
        {
            return Pass(exchange, reason);
        }

        CacheLoop loop = LoopOf(exchange);
        RequestHead request = exchange.Request;
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        LookupResult found = loop.Find(RulesOf(exchange), request, nowSeconds, out StoredEntry entry);
        RequestCacheControl asked = request.Fields.HasAny(_clientControls) && _policy.ObeysRequests
            ? RequestCacheControl.Read(request.Fields)
            : RequestCacheControl.None;
        if (found != LookupResult.Found)
        {
            return Miss(exchange, loop, found, asked);
        }

        Reuse reuse = ReuseRules.Judge(entry.Freshness, asked, nowSeconds, _policy);
        if (exchange.Trace is { } trace)
        {
            trace.Add(Name, string.Create(CultureInfo.InvariantCulture, $"stored: {reuse}, {entry.Freshness.TimeToLiveAt(nowSeconds)} s left"));
        }

        if (exchange.IsHypothetical)
        {
            _cache.Store.Release(exchange.Loop.Index, entry);
            return new(Verdict.Continue);
        }

        if (reuse is Reuse.Validate or Reuse.ValidateForClient)
        {
            CacheForward forward = reuse == Reuse.Validate ? CacheForward.Stale : CacheForward.Request;
            return AskAsync(exchange, new Asking(exchange, loop, asked, forward, entry));
        }

        if (reuse == Reuse.StaleWhileRevalidate)
        {
            RefreshBeside(exchange, loop, asked, nowSeconds);
        }

        CacheStatus status = default;
        Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, nowSeconds);
        return new(Verdict.Answered);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        if (exchange.Slot(_slot) is PassNote note && exchange.Response.Status != 101)
        {
            if (note.MayInvalidate && exchange.Error is null && Invalidation.Applies(exchange.Request.Method, exchange.Response.Status))
            {
                Invalidate(exchange, note);
            }

            new CacheStatus { Forward = note.Forward, NotStored = note.Detail }.AppendTo(exchange.Response.Fields);
        }

        return default;
    }

    /// <inheritdoc/>
    public void OnFinished(in ExchangeSummary summary)
    {
        ref object? kept = ref summary.Exchange.Slot(_slot);
        if (kept is HitBody body)
        {
            kept = null;
            LoopOf(summary.Exchange).Return(body);
        }
    }

    private static readonly ulong _clientControls = HeaderFields.Mask(KnownField.CacheControl) | HeaderFields.Mask(KnownField.Pragma);

    private CacheForward WhyNot(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (request.Method is not (RequestMethod.Get or RequestMethod.Head))
        {
            return CacheForward.Method;
        }

        // RFC 9111 section 4.3.2: what only an origin may evaluate is its business; so is what has content, or asks for another protocol.
        bool isPlain = !request.Fields.HasAny(Preconditions.OfOrigins) && !request.Fields.Has(KnownField.Upgrade) && request.BodyLength.IsNone;
        return isPlain && exchange.Loop.Index < _loops.Length && exchange.Fetcher is not null ? CacheForward.None : CacheForward.Bypass;
    }

    private ValueTask<Verdict> Pass(Exchange exchange, CacheForward reason)
    {
        exchange.Trace?.Add(Name, $"passes by: {reason}");
        PassNote note = PassNote.Of(reason);
        if (reason == CacheForward.Method && exchange.Loop.Index < _loops.Length && LoopOf(exchange).TryMakeKey(RulesOf(exchange), exchange.Request))
        {
            note = PassNote.OfUnsafe(LoopOf(exchange).PrimaryHash, LoopOf(exchange).Primary);
        }

        exchange.Slot(_slot) = note;
        return new(Verdict.Continue);
    }

    private ValueTask<Verdict> Miss(Exchange exchange, CacheLoop loop, LookupResult found, in RequestCacheControl asked)
    {
        CacheForward forward = found switch
        {
            LookupResult.NoKey => CacheForward.Bypass,
            LookupResult.VaryMiss => CacheForward.VaryMiss,
            _ => CacheForward.UriMiss,
        };
        exchange.Trace?.Add(Name, $"not stored: {found}");
        if (exchange.IsHypothetical)
        {
            return new(Verdict.Continue);
        }

        if (asked.OnlyIfCached)
        {
            return AnswerOnlyIfCached(exchange, forward);
        }

        // A part alone, or a head alone, is not what a store is filled with.
        bool isWhole = exchange.Request.Method == RequestMethod.Get && !exchange.Request.Fields.Has(KnownField.Range);
        return isWhole && !OverridingFields.AreIn(exchange.Request.Fields) && found is not (LookupResult.Unshared or LookupResult.NoKey)
            ? AskAsync(exchange, new Asking(exchange, loop, asked, forward, default))
            : Pass(exchange, forward);
    }

    // RFC 9111 section 5.2.1.7.
    private static ValueTask<Verdict> AnswerOnlyIfCached(Exchange exchange, CacheForward forward)
    {
        exchange.Answer(504);
        new CacheStatus { Forward = forward }.AppendTo(exchange.Response.Fields);
        return new(Verdict.Answered);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> AskAsync(Exchange exchange, Asking ask)
    {
        if (ask.Asked.OnlyIfCached)
        {
            ask.Release(_cache.Store);
            return await AnswerOnlyIfCached(exchange, ask.Forward);
        }

        Fill fill = _cache.Fills.Join(ask.Hash, ask.Key, ask.PrimaryHash, out bool isOwner);
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
        Fetched fetched = await _asker.FetchAsync(exchange, ask, fill);
        int fetchedStatus = fetched.Head?.Status ?? fetched.Error?.Status ?? 304;
        if ((fetched.Error is not null || (!fetched.IsToStore && StatusRules.IsError(fetchedStatus))) && TryStandIn(exchange, ask, fetchedStatus))
        {
            StoreOrRelease(ask, fill, fetched);
            return Verdict.Answered;
        }

        if (fetched.Error is { } error)
        {
            exchange.Error = error;
            return Verdict.Answered;
        }

        if (fetched.IsUpdated)
        {
            return ServeUpdated(exchange, ask);
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
        Delivery.Pass(exchange, fetched.Head, fetched.Body!, status);
        StoreOrRelease(ask, fill, fetched);

        return Verdict.Answered;
    }

    private void StoreOrRelease(Asking ask, Fill fill, Fetched fetched)
    {
        if (fetched.IsToStore)
        {
            _asker.Store(ask, fill, fetched);
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
                return ServeUpdated(exchange, ask);
            case FillOutcome.Failed when TryStandIn(exchange, ask, head.Error?.Status ?? 502):
                return Verdict.Answered;
            case FillOutcome.Failed:
                exchange.Error = head.Error ?? ProxyErrors.Internal;
                return Verdict.Answered;
            case FillOutcome.Shared when IsFor(head, ask) && head.Body!.IsWhole:
                // It was joined, so it is not given up before this returns.
                Delivery.Pass(exchange, head.Response!, head.Body, new CacheStatus { Forward = ask.Forward, IsCollapsed = true });
                return Verdict.Answered;
            default:
                return await Pass(exchange, ask.Forward);
        }
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
    private Verdict ServeUpdated(Exchange exchange, Asking ask)
    {
        CacheStatus status = new() { Forward = ask.Forward, ForwardStatus = 304 };
        StoredEntry entry = _cache.Store.TryFind(exchange.Loop.Index, ask.Hash, ask.Key, out StoredEntry found) ? found : ask.TakeStale();
        if (entry.IsEmpty)
        {
            exchange.Error = ProxyErrors.Internal;
            return Verdict.Answered;
        }

        Delivery.Serve(exchange, _cache.Store, LoopOf(exchange), _slot, entry, ref status, ask.NowSeconds);
        return Verdict.Answered;
    }

    private bool TryStandIn(Exchange exchange, Asking ask, int fetchedStatus)
    {
        if (ask.Stale.IsEmpty || !ReuseRules.MayStandIn(ask.Stale.Freshness, ask.Asked, ask.NowSeconds, _policy))
        {
            return false;
        }

        CacheStatus status = new() { Forward = ask.Forward, ForwardStatus = fetchedStatus, IsStandIn = true };
        Delivery.Serve(exchange, _cache.Store, LoopOf(exchange), _slot, ask.TakeStale(), ref status, ask.NowSeconds);
        return true;
    }

    // RFC 5861 section 3: the client has its answer at once; one fetch for all that get it meanwhile.
    private void RefreshBeside(Exchange exchange, CacheLoop loop, in RequestCacheControl asked, long nowSeconds)
    {
        if (loop.Find(RulesOf(exchange), exchange.Request, nowSeconds, out StoredEntry stale) != LookupResult.Found)
        {
            return;
        }

        Asking ask = new(exchange, loop, asked, CacheForward.Stale, stale);
        Fill fill = _cache.Fills.Join(ask.Hash, ask.Key, ask.PrimaryHash, out bool isOwner);
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
            Fetched fetched = await _asker.FetchAsync(exchange, ask, fill);
            StoreOrRelease(ask, fill, fetched);
        }
        finally
        {
            ask.Release(_cache.Store);
        }
    }

    // RFC 9111 section 4.4.
    private void Invalidate(Exchange exchange, PassNote note)
    {
        Drop(note.Hash, note.Key);
        InvalidateNamed(exchange, KnownField.Location);
        InvalidateNamed(exchange, KnownField.ContentLocation);
    }

    private void InvalidateNamed(Exchange exchange, KnownField field)
    {
        if (!exchange.Response.Fields.TryGet(field, out ReadOnlySpan<byte> reference))
        {
            return;
        }

        RequestHead request = exchange.Request;
        Span<byte> room = new byte[reference.Length + request.Path.Length + 2];
        if (!Invalidation.TryResolve(reference, request, room, out ReadOnlySpan<byte> target))
        {
            return;
        }

        int question = target.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? target : target[..question];
        Span<byte> normal = new byte[path.Length];
        CacheLoop loop = LoopOf(exchange);
        if (_pathRules.TryNormalise(path, normal, out int octets)
            && loop.TryMakeKey(RulesOf(exchange), request, normal[..octets], question < 0 ? default : target[(question + 1)..], question >= 0))
        {
            Drop(loop.PrimaryHash, loop.Primary);
        }
    }

    private void Drop(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        _cache.Store.Remove(hash, key);
        _cache.Fills.Invalidate(hash);
    }

    private CacheLoop LoopOf(Exchange exchange) =>
        _loops[exchange.Loop.Index] ??= new CacheLoop(_cache.Store, exchange.Loop.Index);

    // The site's name is known once a request comes; a module belongs to one site. Loops that do this at once make the same.
    private KeyRules RulesOf(Exchange exchange) => _rules ?? MakeRules(exchange);

    private KeyRules MakeRules(Exchange exchange)
    {
        KeyRules rules = _ownScope is null
            ? _unscopedRules
            : _unscopedRules with { Scope = Encoding.UTF8.GetBytes($"{exchange.SiteName}{_ownScope}") };
        _rules = rules;
        return rules;
    }
}
