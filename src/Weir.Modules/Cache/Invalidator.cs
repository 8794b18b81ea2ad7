using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;

namespace Weir.Modules.Cache;

/// <summary>Drops what a request of an unsafe method made invalid: its target, and what its Location and Content-Location name.</summary>
internal sealed class Invalidator
{
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
        _cache.Fills.Invalidate(hash);
    }
}
