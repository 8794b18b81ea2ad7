using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Keys;
using Weir.Cache.Purging;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// The method PURGE, as tools that were made for other caches send it: the URL with all its variants, or with a * at the end of its path,
/// all URLs that begin so. "Soft-Purge: 1" (or "Fastly-Soft-Purge: 1") only makes stale. Answers 200 and how many were there, 403 where the
/// client may not.
/// </summary>
internal sealed class PurgeMethod
{
    private readonly SharedCache _cache;
    private readonly IpPrefix[] _from;

    public PurgeMethod(SharedCache cache, IpPrefix[] from)
    {
        _cache = cache;
        _from = from;
    }

    /// <summary>Whether a request has the method.</summary>
    public static bool Is(Exchange exchange) => exchange.Request.MethodToken.SequenceEqual("PURGE"u8);

    /// <summary>Purges and answers.</summary>
    public ValueTask<Verdict> AnswerAsync(Exchange exchange, CacheLoop loop, KeyRules rules)
    {
        bool isAllowed = IpPrefix.AnyContains(_from, exchange.ClientAddress);
        exchange.Trace?.Add("cache", isAllowed ? "purges" : "may not purge");
        if (!isAllowed)
        {
            return Say(exchange, 403, "This address may not purge.\n");
        }

        RequestHead request = exchange.Request;
        if (!loop.TryMakeKey(rules, request))
        {
            return Say(exchange, 400, "The URL is too long to be stored.\n");
        }

        if (exchange.IsHypothetical)
        {
            return Say(exchange, 200, "");
        }

        bool isSoft = IsOn(request, "Soft-Purge"u8) || IsOn(request, "Fastly-Soft-Purge"u8);
        bool isPrefix = request.Path.EndsWith("*"u8) && !request.HasQuery;
        Purge purge = (isPrefix ? Purge.OfKeyPrefix(loop.Primary, isSoft) : Purge.OfKey(loop.Primary, isSoft))!;
        string said = isPrefix ? "Purged.\n" : string.Create(null, $"Purged {Count(exchange, loop)}.\n");
        return PurgeAsync(exchange, purge, said);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> PurgeAsync(Exchange exchange, Purge purge, string said)
    {
        string[] lines = purge.Text.Split('\n', 3);
        string what = $"{(purge.Kind == PurgeKind.Prefix ? "prefix " : "")}{lines[0]}://{lines[1]}{lines[2]}";
        PurgeReceipt receipt = await _cache.Desk.PurgeAsync([purge], $"PURGE from {exchange.ClientAddress}", what);
        string? problem = receipt.Refusal ?? (receipt.NotOnDisk is { } why ? $"In force, but not on disk: {why}" : null);
        return await (problem is null ? Say(exchange, 200, said) : Say(exchange, 503, problem + "\n"));
    }

    // The response, or as many as its list of variants has counted.
    private int Count(Exchange exchange, CacheLoop loop)
    {
        if (!_cache.Store.TryFind(exchange.Loop.Index, loop.PrimaryHash, loop.Primary, out StoredEntry entry))
        {
            return 0;
        }

        int count = entry.Kind switch
        {
            RecordKind.Unshared => 0,
            RecordKind.Variants => entry.Status,
            _ => 1,
        };
        _cache.Store.Release(exchange.Loop.Index, entry);
        return count;
    }

    private static bool IsOn(RequestHead request, ReadOnlySpan<byte> name) =>
        request.Fields.Find(name) is >= 0 and var slot && request.Fields.ValueAt(slot).SequenceEqual("1"u8);

    private static ValueTask<Verdict> Say(Exchange exchange, int status, string text)
    {
        exchange.Answer(status, "text/plain"u8, new PinnedBody(Encoding.UTF8.GetBytes(text)));
        return new(Verdict.Answered);
    }
}
