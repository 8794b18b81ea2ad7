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

    /// <summary>The hash of the URI's key, where <see cref="MayInvalidate"/>.</summary>
    public KeyHash Hash { get; }

    /// <summary>Whether the method is unsafe: what is stored for the URI may have to go.</summary>
    public bool MayInvalidate { get; }

    /// <summary>Why its response is not stored.</summary>
    public StoringVerdict Detail { get; }

    /// <summary>The key, where <see cref="MayInvalidate"/>.</summary>
    public byte[] Key { get; private init; } = [];

    /// <summary>A note that says nothing else.</summary>
    public static PassNote Of(CacheForward forward) => _plain[(int)forward];

    /// <summary>A note about an unsafe request.</summary>
    public static PassNote OfUnsafe(in KeyHash hash, ReadOnlySpan<byte> key) =>
        new(CacheForward.Method, hash, true, StoringVerdict.Stored) { Key = key.ToArray() };
}
