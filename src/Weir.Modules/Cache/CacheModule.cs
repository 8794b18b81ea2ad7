// Hot: one look-up for each request that passes the stack.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// A shared cache (RFC 9111). A request is answered from the store, or waits for a fetch of what stands below, or passes by; the response
/// of one that passes by says why, and may make stored responses invalid.
/// </summary>
internal sealed partial class CacheModule : IRequestModule, IResponseModule, IFinishModule
{
    private const string Name = "cache";

    // What tells modules in routes' stacks apart: two routes of a site may have one pattern.
    private static int _modules;

    private readonly SharedCache _cache;
    private readonly CachePolicy _policy;
    private readonly CacheLimits _limits;
    private readonly KeyRules _unscopedRules;
    private readonly OriginAsker _asker;
    private readonly HeadFreshening _heads;
    private readonly SliceAsker _slices;
    private readonly Invalidator _invalidator;
    private readonly CacheLoop?[] _loops;
    private readonly int _slot;
    private readonly string? _ownScope;
    private readonly string _routePath;
    private readonly PurgeMethod? _purging;
    private KeyRules? _rules;

    public CacheModule(SharedCache cache, CachePolicy policy, KeyRules rules, CacheLimits limits, ModuleBuilder builder, bool isOwn)
    {
        _cache = cache;
        _policy = policy;
        _limits = limits;
        _unscopedRules = rules;
        RecordMaker records = new(policy, cache);
        _asker = new OriginAsker(cache, policy, limits, records);
        _heads = new HeadFreshening(cache, records);
        _slices = new SliceAsker(cache, new SliceStorage(cache));
        _invalidator = new Invalidator(cache, builder.PathRules);
        _loops = new CacheLoop?[cache.LoopCount];
        _slot = builder.ReserveSlot();
        _routePath = builder.RoutePath ?? "";
        _purging = limits.PurgeFrom.Length > 0 ? new PurgeMethod(cache, limits.PurgeFrom) : null;
        _ownScope = !isOwn ? null
            : builder.RoutePath is null ? "" : string.Create(CultureInfo.InvariantCulture, $"\nroute {NumberOf(builder.Identity)}");
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (WhyNot(exchange) is var reason and not CacheForward.None)
        {
            return reason == CacheForward.Method && _purging is not null && PurgeMethod.Is(exchange) && exchange.Loop.Index < _loops.Length
                ? _purging.AnswerAsync(exchange, LoopOf(exchange), RulesOf(exchange))
                : Pass(exchange, reason);
        }

        if (exchange.Request.Method == RequestMethod.Query)
        {
            return QueryAsync(exchange);
        }

        CacheLoop loop = LoopOf(exchange);
        LookupResult found = loop.Find(RulesOf(exchange), exchange.Request, exchange.Loop.UnixMs / 1000, out StoredEntry entry);
        return found != LookupResult.Found && MayBeOnDisk(exchange, loop, found)
            ? LookBelowAsync(exchange, loop, null, null)
            : Decide(exchange, loop, found, entry, null);
    }

    // By what the look-up brought; the hold on what it found goes along.
    private ValueTask<Verdict> Decide(Exchange exchange, CacheLoop loop, LookupResult found, in StoredEntry entry, PinnedBody? content)
    {
        RequestHead request = exchange.Request;
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        RequestCacheControl asked = request.Fields.HasAny(_clientControls) && _policy.ObeysRequests
            ? RequestCacheControl.Read(request.Fields)
            : RequestCacheControl.None;
        if (found == LookupResult.Sliced)
        {
            return DecideSliced(exchange, loop, asked, entry);
        }

        if (found != LookupResult.Found)
        {
            return Miss(exchange, loop, found, asked, content);
        }

        Reuse reuse = ReuseRules.Judge(entry.Freshness, asked, nowSeconds, _policy);
        if (exchange.Trace is { } trace)
        {
            trace.Add(
                Name, string.Create(CultureInfo.InvariantCulture, $"stored: {reuse}, {entry.Freshness.TimeToLiveAt(nowSeconds)} s left"));
        }

        if (exchange.IsHypothetical)
        {
            _cache.Store.Release(exchange.Loop.Index, entry);
            return new(Verdict.Continue);
        }

        if (reuse == Reuse.Validate && _cache.Failures.IsRecent(loop.Hash, nowSeconds, out bool mayAsk)
            && ReuseRules.MayStandIn(entry.Freshness, asked, nowSeconds, _policy))
        {
            return ServeFailing(exchange, loop, asked, entry, content, mayAsk);
        }

        if (reuse is Reuse.Validate or Reuse.ValidateForClient)
        {
            CacheForward forward = reuse == Reuse.Validate ? CacheForward.Stale : CacheForward.Request;
            return request.Method == RequestMethod.Head && !asked.OnlyIfCached
                ? PassHead(exchange, loop, forward, entry)
                : AskAsync(exchange, new Asking(exchange, loop, asked, forward, entry, content));
        }

        if (reuse == Reuse.StaleWhileRevalidate)
        {
            RefreshBeside(exchange, loop, asked, entry, content);
        }

        if (entry.IsBodyElsewhere && request.Method != RequestMethod.Head)
        {
            return ServeFromDiskAsync(exchange, loop, entry, content);
        }

        CacheStatus status = default;
        loop.Hot.Count(loop.Hash, loop.Key);
        Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, nowSeconds);
        return new(Verdict.Answered);
    }

    // RFC 10008 section 2.7: the content is part of the key.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> QueryAsync(Exchange exchange)
    {
        BufferedRequest buffered = await exchange.BufferRequestAsync(CacheLimits.MostQueryOctets);
        if (buffered.Error is { } error)
        {
            exchange.Error = error;
            return Verdict.Answered;
        }

        if (!buffered.IsWhole || exchange.IsHypothetical)
        {
            return await Pass(exchange, CacheForward.Bypass);
        }

        byte[] octets = new byte[buffered.Body?.Count ?? 0];
        buffered.Body?.CopyTo(octets);
        CacheLoop loop = LoopOf(exchange);
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        LookupResult found = loop.FindQuery(RulesOf(exchange), exchange.Request, octets, nowSeconds, out StoredEntry entry);
        PinnedBody content = new(octets);
        return await (found != LookupResult.Found && MayBeOnDisk(exchange, loop, found)
            ? LookBelowAsync(exchange, loop, content, octets)
            : Decide(exchange, loop, found, entry, content));
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        if (exchange.Slot(_slot) is not PassNote note || exchange.Response.Status == 101 || (note.IsOfHead && TryStandIn(exchange, note)))
        {
            return default;
        }

        if (note.MayInvalidate && exchange.Error is null && Invalidation.Applies(exchange.Request.Method, exchange.Response.Status))
        {
            _invalidator.Invalidate(exchange, LoopOf(exchange), RulesOf(exchange), note);
        }
        else if (note.IsOfHead && exchange.Error is null)
        {
            _heads.Apply(exchange, note);
        }

        Tell(exchange, new CacheStatus { Forward = note.Forward, NotStored = note.Detail });
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
        else if (kept is DiskHit hit)
        {
            kept = null;
            hit.Close();
        }
    }

    private static readonly ulong _clientControls = HeaderFields.Mask(KnownField.CacheControl) | HeaderFields.Mask(KnownField.Pragma);

    private CacheForward WhyNot(Exchange exchange)
    {
        RequestHead request = exchange.Request;
        if (request.Method is not (RequestMethod.Get or RequestMethod.Head or RequestMethod.Query))
        {
            return CacheForward.Method;
        }

        // RFC 9111 section 4.3.2: what only an origin may evaluate is its business; so is what has content, or asks for another protocol.
        bool isPlain = !request.Fields.HasAny(Preconditions.OfOrigins) && !request.Fields.Has(KnownField.Upgrade)
            && (request.BodyLength.IsNone || request.Method == RequestMethod.Query);
        return isPlain && exchange.Loop.Index < _loops.Length && exchange.Fetcher is not null ? CacheForward.None : CacheForward.Bypass;
    }

    private ValueTask<Verdict> Pass(Exchange exchange, CacheForward reason)
    {
        exchange.Trace?.Add(Name, $"passes by: {reason}");
        PassNote note = PassNote.Of(reason);
        if (reason == CacheForward.Method && exchange.Loop.Index < _loops.Length
            && LoopOf(exchange).TryMakeKey(RulesOf(exchange), exchange.Request))
        {
            note = PassNote.OfUnsafe(LoopOf(exchange).PrimaryHash, LoopOf(exchange).Primary);
        }

        exchange.Slot(_slot) = note;
        return new(Verdict.Continue);
    }

    // A HEAD goes on as it is: what it brings says whether what is stored is still good.
    private ValueTask<Verdict> PassHead(Exchange exchange, CacheLoop loop, CacheForward forward, in StoredEntry stored)
    {
        exchange.Slot(_slot) = PassNote.OfHead(forward, loop.Hash, loop.Key, exchange.Loop.UnixMs / 1000, _cache.Purges.Last);
        _cache.Store.Release(exchange.Loop.Index, stored);
        return new(Verdict.Continue);
    }

    private ValueTask<Verdict> Miss(
        Exchange exchange, CacheLoop loop, LookupResult found, in RequestCacheControl asked, PinnedBody? content)
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

        // A head alone is not what a store is filled with, nor is a part that cannot be cut into slices.
        byte[]? part = null;
        bool isFilling = exchange.Request.Method != RequestMethod.Head && found is not (LookupResult.Unshared or LookupResult.NoKey)
            && !OverridingFields.AreIn(exchange.Request.Fields)
                && (!exchange.Request.Fields.Has(KnownField.Range) || TryAlign(exchange, loop, out part));
        return isFilling
            ? AskAsync(exchange, new Asking(exchange, loop, asked, forward, default, content) { Part = part })
            : Pass(exchange, forward);
    }

    // RFC 9111 section 5.2.1.7.
    private ValueTask<Verdict> AnswerOnlyIfCached(Exchange exchange, CacheForward forward)
    {
        exchange.Answer(504);
        Tell(exchange, new CacheStatus { Forward = forward, IsOnlyIfCached = true });
        return new(Verdict.Answered);
    }

    // The same after a restart, because what is on disk is found by it. A builder that knows no place gives each module its own.
    private static ulong NumberOf(string place) =>
        place.Length == 0 ? (ulong)Interlocked.Increment(ref _modules) : KeyHash.Of(Encoding.UTF8.GetBytes(place), 0).High;

    private void Tell(Exchange exchange, in CacheStatus status)
    {
        if (exchange.Loop.Index < _loops.Length)
        {
            LoopOf(exchange).Tally.Count(status);
        }

        status.AppendTo(exchange.Response.Fields);
    }

    private CacheLoop LoopOf(Exchange exchange) =>
        _loops[exchange.Loop.Index] ??= OpenLoop(exchange);

    private CacheLoop OpenLoop(Exchange exchange) => new(_cache.Store, exchange.Loop)
    {
        Tally = _cache.Statistics.OfRoute(exchange.SiteName ?? "", _routePath).OpenTally(),
        Hot = _cache.Statistics.HotKeysOf(exchange.Loop.Index),
    };

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
