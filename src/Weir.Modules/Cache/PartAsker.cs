using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// The first part of a response that is not stored: what it says of the whole is stored as the head of slices, the part as their first.
/// </summary>
internal sealed class PartAsker
{
    private readonly SharedCache _cache;
    private readonly CachePolicy _policy;
    private readonly CacheLimits _limits;
    private readonly RecordMaker _records;

    public PartAsker(SharedCache cache, CachePolicy policy, CacheLimits limits, RecordMaker records)
    {
        _cache = cache;
        _policy = policy;
        _limits = limits;
        _records = records;
    }

    /// <summary>Judges a 206 to a request for a part, and begins to store it.</summary>
    public Fetched Settle(Asking ask, Fill fill, RequestHead request, FetchResult result, long requestSeconds)
    {
        ResponseHead head = result.Head!;
        if (!ContentRange.TryRead(head.Fields, out ByteRange part, out long length)
            || (head.BodyLength.IsKnown && head.BodyLength.Octets != part.Length))
        {
            // Several parts, or a part of nobody knows what: the client asks by itself.
            result.Body!.Release();
            return new Fetched();
        }

        ResponseHead whole = WholeOf(head, length);
        ResponseCacheControl control = ResponseCacheControl.Read(whole.Fields, _policy.Targeted);
        StoringVerdict verdict = StoringRules.Judge(request, ask.Asked, whole, control, _policy);
        SlicedObject? sliced = null;
        if (verdict == StoringVerdict.Stored)
        {
            sliced = Keep(ask, fill, whole, control, requestSeconds, out verdict);
        }

        if (sliced is null)
        {
            return new Fetched { Head = head, Body = result.Body, Verdict = verdict };
        }

        new SliceAsker(_cache, new SliceStorage(_cache)).Arrived(sliced, head, result.Body!, part);
        return new Fetched { IsSliced = true };
    }

    /// <summary>Remembers of a response that is too large to be stored whole that its parts can be stored; false: they cannot.</summary>
    public bool TryKeepHead(Asking ask, Fill fill, ResponseHead head, in ResponseCacheControl control, long requestSeconds)
    {
        bool takesRanges = head.Fields.TryGet(KnownField.AcceptRanges, out ReadOnlySpan<byte> unit) && unit.SequenceEqual("bytes"u8);
        if (!takesRanges || _limits.SliceOctets == 0 || head.Status != 200 || ask.Request.Method != RequestMethod.Get
            || !head.BodyLength.IsKnown
            || !SlicedObject.IsStrong(head.Fields, Delivery.DateOf(head, ask.NowSeconds), Delivery.ModifiedOf(head, ask.NowSeconds)))
        {
            return false;
        }

        ResponseHead whole = WholeOf(head, head.BodyLength.Octets);
        return Keep(ask, fill, whole, control, requestSeconds, out _) is not null;
    }

    private static ResponseHead WholeOf(ResponseHead part, long length)
    {
        ResponseHead whole = new() { Status = 200, BodyLength = BodyLength.Of(length) };
        part.Fields.CopyTo(whole.Fields);
        whole.Fields.Remove(KnownField.ContentRange);
        whole.Fields.Remove(KnownField.ContentLength);
        return whole;
    }

    private SlicedObject? Keep(
        Asking ask, Fill fill, ResponseHead whole, in ResponseCacheControl control, long requestSeconds, out StoringVerdict verdict)
    {
        if (!Variant.TryOf(ask, whole, _cache.Store, out Variant variant, out verdict))
        {
            verdict = verdict == StoringVerdict.Stored ? StoringVerdict.TooManyVariants : verdict;
            return null;
        }

        long length = whole.BodyLength.Octets;
        int sliceOctets = (int)Math.Min(_limits.SliceOctets, _cache.Store.MostBodyOctets);
        bool isStrong = SlicedObject.IsStrong(
            whole.Fields, Delivery.DateOf(whole, ask.NowSeconds), Delivery.ModifiedOf(whole, ask.NowSeconds));
        SliceHead head = new(GenerationOf(ask, whole, length, sliceOctets, isStrong), length, sliceOctets, isStrong);
        NewRecord record = _records.Make(whole, control, requestSeconds, ask.NowSeconds, fill.Number) with
        {
            Kind = RecordKind.Sliced,
            Generation = head.Generation,
        };
        if (fill.IsInvalidated || !variant.Insert(ask, _cache.Store, record, head.ToArray()))
        {
            verdict = StoringVerdict.TooLarge;
            return null;
        }

        byte[] key = variant.KeyFor(ask);
        return new SlicedObject
        {
            Loop = ask.Loop,
            Head = head,
            Request = ask.Request,
            Key = key,
            Hash = KeyHash.Of(key),
            Primary = ask.Primary,
            PrimaryHash = ask.PrimaryHash,
            Validators = whole,
        };
    }

    // What is the same representation still has its slices.
    private static ulong GenerationOf(Asking ask, ResponseHead whole, long length, int sliceOctets, bool isStrong)
    {
        if (ask.Stale.IsEmpty || ask.Stale.Kind != RecordKind.Sliced || !isStrong)
        {
            return SliceHead.NewGeneration();
        }

        SliceHead before = SliceHead.Read(ask.Stale);
        ResponseHead stored = new();
        ask.Stale.LoadHead(stored);
        bool isSame = before.IsStrong && before.Length == length && before.SliceOctets == sliceOctets
            && whole.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag)
            && stored.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> storedTag) && EntityTag.EqualsStrongly(tag, storedTag);
        return isSame ? before.Generation : SliceHead.NewGeneration();
    }
}
