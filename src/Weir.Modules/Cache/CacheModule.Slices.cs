using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <content>Responses that are kept in slices: a range of what is large costs the slices it touches, whoever stored the others.</content>
internal sealed partial class CacheModule
{
    // Of a range that touches more, these many are looked for to say whether all of it is stored.
    private const int MostLookedFor = 16;

    private ValueTask<Verdict> DecideSliced(Exchange exchange, CacheLoop loop, in RequestCacheControl asked, in StoredEntry entry)
    {
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        Reuse reuse = ReuseRules.Judge(entry.Freshness, asked, nowSeconds, _policy);
        exchange.Trace?.Add(Name, $"stored in slices: {reuse}");
        if (exchange.IsHypothetical)
        {
            _cache.Store.Release(exchange.Loop.Index, entry);
            return new(Verdict.Continue);
        }

        bool mustAsk = reuse is Reuse.Validate or Reuse.ValidateForClient;
        CacheForward forward = !mustAsk ? CacheForward.None : reuse == Reuse.Validate ? CacheForward.Stale : CacheForward.Request;
        if (mustAsk && exchange.Request.Method == RequestMethod.Head)
        {
            _cache.Store.Release(exchange.Loop.Index, entry);
            return Pass(exchange, forward);
        }

        Asking ask = new(exchange, loop, asked, forward, entry, null) { Part = PartOf(exchange.Request, SliceHead.Read(entry)) };
        if (mustAsk)
        {
            return AskAsync(exchange, ask);
        }

        if (reuse == Reuse.StaleWhileRevalidate)
        {
            RefreshBeside(exchange, loop, asked, entry, null, ask.Part);
        }

        return ServeSlicesAsync(exchange, ask, ask.TakeStale(), default);
    }

    // The slice that the request's range begins in.
    private static byte[] PartOf(RequestHead request, in SliceHead sliced)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        long first = RangeSet.Read(request.Fields, sliced.Length, parts, out int count) == RangeOutcome.Parts && count > 0
            ? parts[0].Start
            : 0;
        ByteRange slice = sliced.RangeOf(sliced.IndexOf(first));
        return Text($"bytes={slice.Start}-{slice.End - 1}");
    }

    /// <summary>
    /// The Range to ask with where nothing is stored yet: the slice in which the first range of octets begins, or as many last octets as
    /// are asked for, but not more than a slice.
    /// </summary>
    private bool TryAlign(Exchange exchange, CacheLoop loop, out byte[]? part)
    {
        part = null;
        RequestHead request = exchange.Request;
        if (_limits.SliceOctets == 0 || request.Method != RequestMethod.Get
            || !RangeSet.TryReadFirst(request.Fields, out long first, out long suffix))
        {
            return false;
        }

        int octets = (int)Math.Min(_limits.SliceOctets, _cache.Store.MostBodyOctets);
        if (octets >= _limits.SecondUseOctets && !_cache.Uses.IsSecond(loop.Hash))
        {
            // A slice is large, too: a first look at a few octets of what nobody asks for again does not cost the origin all of it.
            return false;
        }

        long start = first / octets * octets;
        part = first >= 0 ? Text($"bytes={start}-{start + octets - 1}") : Text($"bytes=-{Math.Min(suffix, octets)}");
        return true;
    }

    private static byte[] Text(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private async ValueTask<Verdict> ServeFoundSlicesAsync(Exchange exchange, Asking ask, CacheStatus status)
    {
        CacheLoop loop = LoopOf(exchange);
        LookupResult found = loop.Find(RulesOf(exchange), exchange.Request, ask.NowSeconds, out StoredEntry entry);
        if (found == LookupResult.Sliced)
        {
            status.IsStored = status.ForwardStatus == 0 && !status.IsCollapsed;
            return await ServeSlicesAsync(exchange, ask, entry, status);
        }

        if (found == LookupResult.Found)
        {
            Delivery.Serve(exchange, _cache.Store, loop, _slot, entry, ref status, ask.NowSeconds);
            return Verdict.Answered;
        }

        return await Pass(exchange, ask.Forward);
    }

    // Takes over the hold on the entry.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> ServeSlicesAsync(Exchange exchange, Asking ask, StoredEntry entry, CacheStatus status)
    {
        long nowSeconds = ask.NowSeconds;
        SlicedObject sliced = ObjectOf(exchange, ask, entry);
        Delivery.LoadSliced(exchange, entry, sliced.Head.Length, nowSeconds);
        bool isOne = Delivery.TryChoose(exchange, entry, sliced.Head.Length, nowSeconds, out ByteRange range);
        status.HasTimeToLive = true;
        status.TimeToLiveSeconds = entry.Freshness.TimeToLiveAt(nowSeconds);
        _cache.Store.Release(exchange.Loop.Index, entry);
        bool isBare = exchange.Response.Status is not (200 or 206) || exchange.Request.Method == RequestMethod.Head;
        if (isOne && (isBare || range.Length == 0))
        {
            Tell(exchange, status);
            return Verdict.Answered;
        }

        // Without a strong validator octets of several responses are not put together.
        if (sliced.Head.IsStrong || (isOne && IsInOne(sliced, range)))
        {
            bool isStored = isOne ? IsStored(sliced, range) : AreStored(exchange.Request, sliced);
            SlicedBody Open(ByteRange part) => new(exchange, sliced, _slices, _cache.Store, part, _limits.SliceWaitMs);
            ProxyError? error = isOne
                ? await ServeSliceAsync(exchange, Open(range))
                : await SlicedParts.ServeAsync(exchange, sliced.Head.Length, Open);
            if (error is null)
            {
                status.Forward = status.Forward == CacheForward.None && !isStored ? CacheForward.Partial : status.Forward;
                Tell(exchange, status);
                return Verdict.Answered;
            }
        }

        exchange.ResponseBody = BodyReader.Empty;
        exchange.Response.Clear();
        return await Pass(exchange, CacheForward.Partial);
    }

    private static ValueTask<ProxyError?> ServeSliceAsync(Exchange exchange, SlicedBody body)
    {
        exchange.ReleaseAtEnd(body);
        exchange.ResponseBody = body;
        return body.OpenAsync();
    }

    private bool IsInOne(SlicedObject sliced, ByteRange range)
    {
        if (!_slices.TryFind(sliced, range.Start, out StoredEntry entry, out long start, out _))
        {
            return false;
        }

        bool isInside = range.End <= start + entry.BodyOctets;
        _cache.Store.Release(sliced.Loop.Index, entry);
        return isInside;
    }

    private bool IsStored(SlicedObject sliced, ByteRange range)
    {
        long next = range.Start;
        for (int i = 0; i < MostLookedFor && next < range.End; i++)
        {
            if (!_slices.TryFind(sliced, next, out StoredEntry entry, out long start, out _))
            {
                return false;
            }

            next = start + entry.BodyOctets;
            _cache.Store.Release(sliced.Loop.Index, entry);
        }

        return true;
    }

    private bool AreStored(RequestHead request, SlicedObject sliced)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        RangeSet.Read(request.Fields, sliced.Head.Length, parts, out int count);
        bool areStored = true;
        foreach (ByteRange part in parts[..count])
        {
            areStored = areStored && IsStored(sliced, part);
        }

        return areStored;
    }

    private static SlicedObject ObjectOf(Exchange exchange, Asking ask, in StoredEntry entry)
    {
        ResponseHead validators = new();
        entry.LoadHead(validators);
        RequestHead request = new();
        ask.Request.CopyTo(request);
        Preconditions.Set(request.Fields, default, default);
        return new SlicedObject
        {
            Loop = exchange.Loop,
            Head = SliceHead.Read(entry),
            Request = request,
            Key = ask.Key,
            Hash = ask.Hash,
            Primary = ask.Primary,
            PrimaryHash = ask.PrimaryHash,
            Validators = validators,
        };
    }
}
