using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Stores what arrives of a response in slices, cut where slices end.</summary>
internal sealed class SliceStorage
{
    // A slice outlives what its head says: heads are validated again and again. Eviction is what ends slices.
    private const long KeepSeconds = 30 * 86_400;

    private readonly SharedCache _cache;

    public SliceStorage(SharedCache cache) => _cache = cache;

    /// <summary>
    /// Reads content to its end and stores it; then the fill is over. What broke off is stored as far as whole slices came: their validator
    /// stood in the head.
    /// </summary>
    /// <param name="sliced">The response.</param>
    /// <param name="fill">The fill, which the caller owns; this gives it up.</param>
    /// <param name="fillHash">Its key's hash.</param>
    /// <param name="reader">The content.</param>
    /// <param name="arriving">Which octets it is.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    public async ValueTask StoreAsync(SlicedObject sliced, Fill fill, KeyHash fillHash, BodyReader reader, ByteRange arriving)
    {
        long at = arriving.Start;
        CollectedBody body = new(_cache.Store, sliced.Loop, sliced.Head.SliceOctets);
        long start = Prepend(sliced, at, body);
        try
        {
            while (true)
            {
                BodyRead read = await reader.ReadAsync();
                if (read.Error is not null)
                {
                    return;
                }

                NativeSlice data = read.Data;
                while (!data.IsEmpty)
                {
                    ByteRange slice = sliced.Head.RangeOf(sliced.Head.IndexOf(at));
                    NativeSlice taken = data.Take((int)Math.Min(data.Length, slice.End - at));
                    if (at + taken.Length > arriving.End || !body.TryAppend(taken.Span))
                    {
                        reader.Cancel();
                        return;
                    }

                    at += taken.Length;
                    data = data.From(taken.Length);
                    if (at == slice.End)
                    {
                        Insert(sliced, fill, start, body);
                        body.Release();
                        body = new CollectedBody(_cache.Store, sliced.Loop, sliced.Head.SliceOctets);
                        start = at;
                    }
                }

                if (read.IsEnd)
                {
                    break;
                }
            }

            // The beginning of a slice alone is worth keeping, too: the rest may be asked for behind it.
            if (at == arriving.End && body.Octets > 0)
            {
                Insert(sliced, fill, start, body);
            }
        }
        finally
        {
            body.Release();
            _cache.Fills.End(fillHash, fill);
            fill.Leave();
        }
    }

    private void Insert(SlicedObject sliced, Fill fill, long start, CollectedBody body)
    {
        if (fill.IsInvalidated)
        {
            return;
        }

        long index = sliced.Head.IndexOf(start);
        byte[] key = sliced.Head.KeyOf(sliced.Primary, index);
        NewRecord record = new()
        {
            Kind = RecordKind.Slice,
            Status = 206,
            Generation = sliced.Head.Generation,
            KeepUntilSeconds = sliced.NowSeconds + KeepSeconds,
            ModifiedSeconds = start - sliced.Head.RangeOf(index).Start,
            Number = fill.Number,
        };
        _cache.Store.Insert(KeyHash.Of(key), key, record, body);
    }

    // RFC 9111 section 3.4: what is stored in front of what arrives, and has the same strong validator, becomes one with it.
    private long Prepend(SlicedObject sliced, long at, CollectedBody body)
    {
        long index = sliced.Head.IndexOf(at);
        ByteRange slice = sliced.Head.RangeOf(index);
        byte[] key = sliced.Head.KeyOf(sliced.Primary, index);
        if (at == slice.Start || !sliced.Head.IsStrong
            || !_cache.Store.TryFind(sliced.Loop.Index, KeyHash.Of(key), key, out StoredEntry stored))
        {
            return at;
        }

        long start = slice.Start + stored.ModifiedSeconds;
        bool isAdjacent = start + stored.BodyOctets == at;
        for (long offset = 0; isAdjacent && offset < stored.BodyOctets;)
        {
            NativeSlice piece = stored.BodyFrom(offset);
            isAdjacent = body.TryAppend(piece.Span);
            offset += piece.Length;
        }

        _cache.Store.Release(sliced.Loop.Index, stored);
        return isAdjacent ? start : at;
    }
}
