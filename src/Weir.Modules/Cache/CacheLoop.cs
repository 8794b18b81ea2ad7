// Hot: one look-up for each request.
using System.Buffers.Binary;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Statistics;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>What a cache module keeps for one loop: room for keys, and readers to be used again.</summary>
internal sealed class CacheLoop
{
    private const int GenerationOctets = 8;

    private readonly QueryKeys _queries;
    private readonly MemoryStore _store;
    private readonly int _lane;
    private readonly Stack<HitBody> _free = new();
    private readonly byte[] _key = new byte[KeyWriter.MostOctets + QueryKeys.MostOctets + GenerationOctets + VariantText.MostOctets + 1];
    private int _primaryOctets;
    private int _keyOctets;

    public CacheLoop(MemoryStore store, LoopServices loop)
    {
        _store = store;
        _lane = loop.Index;
        _queries = new QueryKeys(store, loop.Index);
        Readers = store.ReadersOf(loop);
    }

    /// <summary>Who reads from the store on this loop.</summary>
    public LaneReaders Readers { get; }

    /// <summary>What the module did on this loop.</summary>
    public required LoopTally Tally { get; init; }

    /// <summary>What the cache serves most on this loop.</summary>
    public required HotKeys Hot { get; init; }

    /// <summary>The hash of the key that was looked up last: of the variant, where there are variants.</summary>
    public KeyHash Hash { get; private set; }

    /// <summary>The hash of the URI's key.</summary>
    public KeyHash PrimaryHash { get; private set; }

    /// <summary>The key that was looked up last.</summary>
    public ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyOctets);

    /// <summary>The key of the URI.</summary>
    public ReadOnlySpan<byte> Primary => _key.AsSpan(0, _primaryOctets);

    /// <summary>Looks for a response that a request selects.</summary>
    public LookupResult Find(KeyRules rules, RequestHead request, long nowSeconds, out StoredEntry entry)
    {
        if (TryMakeKey(rules, request))
        {
            return Find(request, nowSeconds, out entry);
        }

        entry = default;
        return LookupResult.NoKey;
    }

    /// <summary>Looks for a response to a QUERY: its content, type and coding are part of the key (RFC 10008 section 2.7).</summary>
    public LookupResult FindQuery(KeyRules rules, RequestHead request, ReadOnlySpan<byte> content, long nowSeconds, out StoredEntry entry)
    {
        entry = default;
        if (!TryMakeKey(rules, request) || !_queries.TryAppend(_key, ref _primaryOctets, request.Fields, content, nowSeconds))
        {
            return LookupResult.NoKey;
        }

        Take(_primaryOctets);
        return Find(request, nowSeconds, out entry);
    }

    // By the key that was made last.
    private LookupResult Find(RequestHead request, long nowSeconds, out StoredEntry entry)
    {
        if (!_store.TryFind(_lane, Hash, Key, out entry))
        {
            return LookupResult.UriMiss;
        }

        if (entry.KeepUntilSeconds < nowSeconds)
        {
            Drop(ref entry);
            return LookupResult.UriMiss;
        }

        if (entry.Kind == RecordKind.Response)
        {
            return LookupResult.Found;
        }

        if (entry.Kind == RecordKind.Sliced)
        {
            return LookupResult.Sliced;
        }

        return entry.Kind == RecordKind.Variants ? FindVariant(request, nowSeconds, ref entry) : Unshared(ref entry);
    }

    /// <summary>Makes the key of a request's URI.</summary>
    public bool TryMakeKey(KeyRules rules, RequestHead request) =>
        Take(KeyWriter.Write(rules, request, _key));

    /// <summary>Makes the key of another path of the same origin.</summary>
    public bool TryMakeKey(KeyRules rules, RequestHead request, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery) =>
        Take(KeyWriter.Write(rules, request, path, query, hasQuery, _key));

    /// <summary>Goes on from the URI's key to that of a variant. False: the request's values are too long.</summary>
    public bool TryMakeVariantKey(ulong generation, ReadOnlySpan<byte> names, HeaderFields request)
    {
        _key[_primaryOctets] = (byte)'\n';
        BinaryPrimitives.WriteUInt64LittleEndian(_key.AsSpan(_primaryOctets + 1), generation);
        int start = _primaryOctets + 1 + GenerationOctets;
        int octets = VariantText.Write(names, request, _key.AsSpan(start, VariantText.MostOctets));
        if (octets < 0)
        {
            return false;
        }

        _keyOctets = start + octets;
        Hash = KeyHash.Of(Key);
        return true;
    }

    public HitBody Rent() => _free.TryPop(out HitBody? body) ? body : new HitBody();

    public void Return(HitBody body)
    {
        body.Close();
        _free.Push(body);
    }

    private bool Take(int octets)
    {
        if (octets < 0)
        {
            return false;
        }

        _keyOctets = octets;
        _primaryOctets = octets;
        Hash = KeyHash.Of(Key);
        PrimaryHash = Hash;
        return true;
    }

    private LookupResult FindVariant(RequestHead request, long nowSeconds, ref StoredEntry entry)
    {
        bool hasKey = TryMakeVariantKey(entry.Generation, entry.Tail, request.Fields);
        Drop(ref entry);
        if (!hasKey || !_store.TryFind(_lane, Hash, Key, out entry))
        {
            return LookupResult.VaryMiss;
        }

        if (entry.KeepUntilSeconds >= nowSeconds && entry.Kind is (RecordKind.Response or RecordKind.Sliced))
        {
            return entry.Kind == RecordKind.Response ? LookupResult.Found : LookupResult.Sliced;
        }

        Drop(ref entry);
        return LookupResult.VaryMiss;
    }

    private LookupResult Unshared(ref StoredEntry entry)
    {
        Drop(ref entry);
        return LookupResult.Unshared;
    }

    private void Drop(ref StoredEntry entry)
    {
        _store.Release(_lane, entry);
        entry = default;
    }
}
