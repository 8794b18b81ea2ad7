using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Purging;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Makes what is stored of a response that arrived, and of one that another response updates. Immutable.</summary>
internal sealed class RecordMaker
{
    private readonly CachePolicy _policy;
    private readonly SharedCache _cache;

    public RecordMaker(CachePolicy policy, SharedCache cache)
    {
        _policy = policy;
        _cache = cache;
    }

    /// <summary>What is stored of a response.</summary>
    public NewRecord Make(ResponseHead head, in ResponseCacheControl control, long requestSeconds, long nowSeconds, ulong number)
    {
        StoredFreshness freshness = StoredFreshness.Of(head, control, requestSeconds, nowSeconds, _policy);
        HeaderFields fields = head.Fields.Copy();
        StoredFields.Strip(fields, control, _policy);
        fields.Remove(KnownField.Age);
        fields.Remove(KnownField.ContentLength);
        return new NewRecord
        {
            Kind = RecordKind.Response,
            Status = head.Status,
            Fields = fields,
            Freshness = freshness,
            KeepUntilSeconds = nowSeconds + ReuseRules.KeepSeconds(freshness, _policy),
            DateSeconds = Delivery.DateOf(head, nowSeconds),
            ModifiedSeconds = Delivery.ModifiedOf(head, nowSeconds),
            Number = number,
            Tags = TagFields.Read(head.Fields, _cache.Purges),
        };
    }

    /// <summary>
    /// Updates a stored response by the fields of a 304 to a GET, or of a 200 to a HEAD (RFC 9111 sections 3.2, 4.3.4 and 4.3.5). What may
    /// not be stored any more goes.
    /// </summary>
    /// <returns>Whether it may still be stored.</returns>
    public StoringVerdict Refresh(MemoryStore store, in StoredUpdate update, ResponseHead arrived)
    {
        StoredEntry stored = update.Stored;
        ResponseHead head = new();
        stored.LoadHead(head);
        NotModified.Update(head.Fields, arrived.Fields);
        ResponseCacheControl control = ResponseCacheControl.Read(head.Fields, _policy.Targeted);
        StoringVerdict verdict = StoringRules.Judge(update.Request, update.Asked, head, control, _policy);
        if (verdict is StoringVerdict.RequestNoStore or StoringVerdict.Authorization)
        {
            // The request forbids that anything of its response is stored, and says nothing against what is.
            return verdict;
        }

        if (verdict != StoringVerdict.Stored)
        {
            store.Remove(update.Hash, update.Key);
            return verdict;
        }

        // What Age the update had counts: it was made later than what is stored.
        if (arrived.Fields.TryGet(KnownField.Age, out ReadOnlySpan<byte> age))
        {
            head.Fields.Set(KnownField.Age, age);
        }

        store.Refresh(stored, update.Key, Make(head, control, update.RequestSeconds, update.NowSeconds, update.Number) with
        {
            Kind = stored.Kind,
            Generation = stored.Generation,
        });
        return StoringVerdict.Stored;
    }
}
