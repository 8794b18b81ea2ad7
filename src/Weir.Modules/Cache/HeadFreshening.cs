using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>What the response to a HEAD that went past the cache says of a stored response (RFC 9111 section 4.3.5).</summary>
internal sealed class HeadFreshening
{
    private readonly SharedCache _cache;
    private readonly RecordMaker _records;

    public HeadFreshening(SharedCache cache, RecordMaker records)
    {
        _cache = cache;
        _records = records;
    }

    /// <summary>Updates the stored response, or makes it stale where the origin has another one now.</summary>
    public void Apply(Exchange exchange, PassNote note)
    {
        ResponseHead arrived = exchange.Response;
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        if (arrived.Status is 404 or 410)
        {
            _cache.Store.Expire(note.Hash, note.Key, nowSeconds);
        }

        if (arrived.Status != 200 || !_cache.Store.TryFind(exchange.Loop.Index, note.Hash, note.Key, out StoredEntry stored))
        {
            return;
        }

        try
        {
            if (stored.Kind == RecordKind.Response && stored.Status == 200)
            {
                Apply(exchange, stored, note);
            }
        }
        finally
        {
            _cache.Store.Release(exchange.Loop.Index, stored);
        }
    }

    private void Apply(Exchange exchange, in StoredEntry stored, PassNote note)
    {
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        ResponseHead kept = new();
        stored.LoadHead(kept);
        if (!IsSame(exchange.Response, kept))
        {
            _cache.Store.Expire(note.Hash, note.Key, nowSeconds);
            return;
        }

        RequestHead request = new();
        exchange.Request.CopyTo(request);
        request.SetMethod(request.Fields.Store("GET"u8));
        StoredUpdate update = new()
        {
            Stored = stored,
            Hash = note.Hash,
            Key = note.Key,
            Request = request,
            Asked = RequestCacheControl.Read(request.Fields),
            RequestSeconds = note.RequestSeconds,
            NowSeconds = nowSeconds,
            Number = note.Number,
        };
        ResponseHead arrived = new() { Status = 200 };
        exchange.Response.Fields.CopyTo(arrived.Fields);
        _records.Refresh(_cache.Store, update, arrived);
    }

    // RFC 9111 section 4.3.5: each validator that arrived must have the stored value, and so must the length.
    private static bool IsSame(ResponseHead arrived, ResponseHead stored) =>
        (!arrived.BodyLength.IsKnown || arrived.BodyLength.IsNone || arrived.BodyLength == stored.BodyLength)
        && IsSameLength(arrived.Fields, stored.BodyLength.Octets)
        && HasValueOf(stored.Fields, KnownField.ETag, arrived.Fields)
        && HasValueOf(stored.Fields, KnownField.LastModified, arrived.Fields);

    private static bool HasValueOf(HeaderFields stored, KnownField field, HeaderFields arrived) =>
        !arrived.TryGet(field, out ReadOnlySpan<byte> value)
        || (stored.TryGet(field, out ReadOnlySpan<byte> storedValue) && value.SequenceEqual(storedValue));

    private static bool IsSameLength(HeaderFields arrived, long octets) =>
        !arrived.TryGet(KnownField.ContentLength, out ReadOnlySpan<byte> text)
        || (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long length)
            && length == octets);
}
