using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>A stored response that is to be updated, and by whose request.</summary>
internal readonly ref struct StoredUpdate
{
    /// <summary>The stored response; whoever updates it holds it.</summary>
    public required StoredEntry Stored { get; init; }

    public required KeyHash Hash { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary>A request for all of it: the one that the storing rules judge.</summary>
    public required RequestHead Request { get; init; }

    public required RequestCacheControl Asked { get; init; }

    /// <summary>When the update was asked for.</summary>
    public required long RequestSeconds { get; init; }

    public required long NowSeconds { get; init; }

    /// <summary>The number of the newest purge when the update was asked for.</summary>
    public required ulong Number { get; init; }
}
