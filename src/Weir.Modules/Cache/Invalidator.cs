using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Purging;

namespace Weir.Modules.Cache;

/// <summary>Drops what a request of an unsafe method made invalid: its target, and what its Location and Content-Location name.</summary>
internal sealed class Invalidator
{
    // RFC 9875 section 3 demands 32.
    private const int MostGroups = 128;

    private readonly SharedCache _cache;
    private readonly IPathRules _pathRules;

    public Invalidator(SharedCache cache, IPathRules pathRules)
    {
        _cache = cache;
        _pathRules = pathRules;
    }

    // RFC 9111 section 4.4.
    public void Invalidate(Exchange exchange, CacheLoop loop, KeyRules rules, PassNote note)
    {
        Drop(note.Hash, note.Key);
        InvalidateNamed(exchange, loop, rules, KnownField.Location);
        InvalidateNamed(exchange, loop, rules, KnownField.ContentLocation);
        if (TagFields.ReadInvalidated(exchange.Response.Fields) is { Count: > 0 } groups)
        {
            DropGroups(exchange.Request, groups);
        }
    }

    // RFC 9875 section 3: groups of the same origin, before anybody learns of the answer. The disk learns of it beside.
    private void DropGroups(RequestHead request, IReadOnlyList<string> groups)
    {
        string scheme = request.IsHttps ? "https" : "http";
        bool hasPort = request.Port != 0 && request.Port != (request.IsHttps ? 443 : 80);
        string authority = hasPort ? string.Create(CultureInfo.InvariantCulture, $"{request.HostText}:{request.Port}") : request.HostText;
        Purge[] purges = [.. groups.Take(MostGroups).Select(group => Purge.OfOriginTag(scheme, authority, group, isSoft: false))];
        _cache.Desk.PurgeFor(purges);
    }

    private void InvalidateNamed(Exchange exchange, CacheLoop loop, KeyRules rules, KnownField field)
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
        if (_pathRules.TryNormalise(path, normal, out int octets)
            && loop.TryMakeKey(rules, request, normal[..octets], question < 0 ? default : target[(question + 1)..], question >= 0))
        {
            Drop(loop.PrimaryHash, loop.Primary);
        }
    }

    private void Drop(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        _cache.Store.Remove(hash, key);
        byte[] queries = [.. key, .. QueryKeys.Mark];
        _cache.Store.Remove(KeyHash.Of(queries), queries);
        _cache.Fills.Invalidate(hash);
    }
}
