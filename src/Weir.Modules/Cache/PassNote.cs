using Weir.Cache.Freshness;
using Weir.Cache.Keys;

namespace Weir.Modules.Cache;

/// <summary>Why a request went past the cache, for when its response comes by. Immutable; most are one object for all.</summary>
internal sealed class PassNote
{
    private static readonly PassNote[] _plain =
        [.. Enum.GetValues<CacheForward>().Select(forward => new PassNote(forward, default, false, StoringVerdict.Stored))];

    private PassNote(CacheForward forward, KeyHash hash, bool mayInvalidate, StoringVerdict detail)
    {
        Forward = forward;
        Hash = hash;
        MayInvalidate = mayInvalidate;
        Detail = detail;
    }

    /// <summary>Why.</summary>
    public CacheForward Forward { get; }

    /// <summary>The hash of <see cref="Key"/>.</summary>
    public KeyHash Hash { get; }

    /// <summary>Whether the method is unsafe: what is stored for the URI may have to go.</summary>
    public bool MayInvalidate { get; }

    /// <summary>Why its response is not stored.</summary>
    public StoringVerdict Detail { get; }

    /// <summary>The key, where <see cref="MayInvalidate"/> or <see cref="IsOfHead"/>.</summary>
    public byte[] Key { get; private init; } = [];

    /// <summary>Whether a HEAD went past a stored response that is stale.</summary>
    public bool IsOfHead { get; private init; }

    /// <summary>When, in seconds since 1970.</summary>
    public long RequestSeconds { get; private init; }

    /// <summary>The number of the newest purge then.</summary>
    public ulong Number { get; private init; }

    /// <summary>A note that says nothing else.</summary>
    public static PassNote Of(CacheForward forward) => _plain[(int)forward];

    /// <summary>A note about a HEAD that may update what is stored.</summary>
    public static PassNote OfHead(CacheForward forward, in KeyHash hash, ReadOnlySpan<byte> key, long nowSeconds, ulong number) =>
        new(forward, hash, false, StoringVerdict.Stored) { Key = key.ToArray(), IsOfHead = true, RequestSeconds = nowSeconds, Number = number };

    /// <summary>A note about an unsafe request.</summary>
    public static PassNote OfUnsafe(in KeyHash hash, ReadOnlySpan<byte> key) =>
        new(CacheForward.Method, hash, true, StoringVerdict.Stored) { Key = key.ToArray() };
}
