using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Fetches slices: one fetch for all that ask for one meanwhile, checked by length and validator.</summary>
internal sealed class SliceAsker
{
    // Content of an origin without ranges that is read for the sake of one slice.
    private const long MostWhole = 64 << 20;

    private readonly SharedCache _cache;
    private readonly SliceStorage _storage;

    public SliceAsker(SharedCache cache, SliceStorage storage)
    {
        _cache = cache;
        _storage = storage;
    }

    /// <summary>Finds the stored octets from a place on, and holds them; false: they are not stored.</summary>
    /// <param name="sliced">The response.</param>
    /// <param name="offset">The place.</param>
    /// <param name="entry">A record that holds this octet.</param>
    /// <param name="start">The place of its first octet.</param>
    /// <param name="isBehind">Whether something is stored that ends right before the place.</param>
    public bool TryFind(SlicedObject sliced, long offset, out StoredEntry entry, out long start, out bool isBehind)
    {
        long index = sliced.Head.IndexOf(offset);
        byte[] key = sliced.Head.KeyOf(sliced.Primary, index);
        start = sliced.Head.RangeOf(index).Start;
        isBehind = false;
        if (!_cache.Store.TryFind(sliced.Loop.Index, KeyHash.Of(key), key, out entry))
        {
            return false;
        }

        start += entry.ModifiedSeconds;
        if (start <= offset && offset < start + entry.BodyOctets)
        {
            return true;
        }

        isBehind = start + entry.BodyOctets == offset && sliced.Head.IsStrong;
        _cache.Store.Release(sliced.Loop.Index, entry);
        entry = default;
        return false;
    }

    /// <summary>
    /// The fill that brings a slice, or its end from a place on: begun now, or by somebody before. The caller has joined it and leaves it.
    /// </summary>
    public Fill Begin(Exchange exchange, SlicedObject sliced, long from, bool isAlone)
    {
        long index = sliced.Head.IndexOf(from);
        byte[] key = FillKey(sliced, index, from, isAlone);
        KeyHash hash = KeyHash.Of(key);
        Fill fill = _cache.Fills.Join(hash, key, sliced.PrimaryHash, out bool isOwner);
        if (isOwner)
        {
            fill.Join();
            sliced.Loop.Observe(FetchAsync(exchange, sliced, fill, hash, from, isAlone));
        }

        return fill;
    }

    /// <summary>The fill of a slice that arrives already, with the answer that told how long the whole is.</summary>
    public void Arrived(SlicedObject sliced, ResponseHead head, FollowedBody body, ByteRange arriving)
    {
        long index = sliced.Head.IndexOf(arriving.Start);
        byte[] key = FillKey(sliced, index, sliced.Head.RangeOf(index).Start, isAlone: false);
        KeyHash hash = KeyHash.Of(key);
        Fill fill = _cache.Fills.Join(hash, key, sliced.PrimaryHash, out bool isOwner);
        if (!isOwner)
        {
            // Somebody fetches the same: this one is stored beside it.
            fill.Leave();
            fill = _cache.Fills.Join(KeyHash.Of([.. key, 1]), [.. key, 1], sliced.PrimaryHash, out _);
        }

        fill.Set(new FillHead(head, body, [], []));
        sliced.Loop.Observe(_storage.StoreAsync(sliced, fill, hash, body.OpenReader(sliced.Loop), arriving));
    }

    /// <summary>Which octets a fill brings.</summary>
    public static bool TryReadArriving(SlicedObject sliced, ResponseHead head, out ByteRange arriving)
    {
        arriving = new ByteRange(0, sliced.Head.Length);
        return head.Status == 200 || ContentRange.TryRead(head.Fields, out arriving, out _);
    }

    private static byte[] FillKey(SlicedObject sliced, long index, long from, bool isAlone)
    {
        byte[] key = sliced.Head.KeyOf(sliced.Primary, index);
        long behind = from - sliced.Head.RangeOf(index).Start;
        return behind == 0 && !isAlone
            ? key
            : [.. key, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"+{behind}{isAlone}"))];
    }

    // The exchange is used until the first wait only.
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask FetchAsync(Exchange exchange, SlicedObject sliced, Fill fill, KeyHash hash, long from, bool isAlone)
    {
        bool isStoring = false;
        try
        {
            byte[] key = sliced.Head.KeyOf(sliced.Primary, sliced.Head.IndexOf(from));
            if (!isAlone && _cache.Disk is { } disk && disk.MayHave(key, sliced.NowSeconds))
            {
                // Who waits looks into memory then; where it is not there all the same, it asks alone.
                await disk.LoadAsync(_cache.Store, KeyHash.Of(key), key);
                fill.Set(new FillHead(FillOutcome.Stored));
                return;
            }

            RequestHead request = sliced.Request.Copy();
            long last = sliced.Head.RangeOf(sliced.Head.IndexOf(from)).End - 1;
            request.Fields.Set(
                KnownField.Range, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{last}")));
            FetchResult result = await exchange.Fetcher!.FetchBelowAsync(exchange, request, 0, CacheLimits.WindowOctets);
            if (result.Error is not null)
            {
                fill.Set(new FillHead(FillOutcome.Failed, result.Error));
                return;
            }

            if (!IsSlice(sliced, result.Head!, from, out ByteRange arriving))
            {
                // Another response lies there by now: what was cut of the old one is not mixed with it.
                Forget(sliced, result.Head!.Status);
                fill.Set(new FillHead(FillOutcome.Unshared));
                result.Body!.Release();
                return;
            }

            fill.Set(new FillHead(result.Head!, result.Body!, [], []));
            isStoring = true;
            await _storage.StoreAsync(sliced, fill, hash, result.Body!.OpenReader(sliced.Loop), arriving);
        }
        finally
        {
            if (!isStoring)
            {
                fill.Set(new FillHead(FillOutcome.Failed, ProxyErrors.Internal));
                _cache.Fills.End(hash, fill);
                fill.Leave();
            }
        }
    }

    private static bool IsSlice(SlicedObject sliced, ResponseHead head, long from, out ByteRange arriving)
    {
        if (head.Status == 200)
        {
            // An origin that gives all of it instead: as good, where it is no more than would be stored at once.
            arriving = new ByteRange(0, sliced.Head.Length);
            return head.BodyLength.IsKnown && head.BodyLength.Octets == arriving.Length && arriving.Length <= MostWhole
                && sliced.IsOf(head.Fields);
        }

        arriving = default;
        return head.Status == 206 && ContentRange.TryRead(head.Fields, out arriving, out long length)
            && length == sliced.Head.Length && arriving.Start == from
            && (!head.BodyLength.IsKnown || head.BodyLength.Octets == arriving.Length)
            && sliced.IsOf(head.Fields);
    }

    private void Forget(SlicedObject sliced, int status)
    {
        if (!StatusRules.IsError(status))
        {
            _cache.Store.Remove(sliced.Hash, sliced.Key);
        }
    }
}
