using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>One request that the store alone cannot answer, with what is kept of it while it waits.</summary>
internal sealed class Asking
{
    /// <summary>Takes over the hold on a stale entry, if there is one.</summary>
    public Asking(
        Exchange exchange, CacheLoop loop, in RequestCacheControl asked, CacheForward forward, in StoredEntry stale, PinnedBody? content)
    {
        Loop = exchange.Loop;
        Asked = asked;
        Forward = forward;
        Stale = stale;
        Content = content;
        Hash = loop.Hash;
        PrimaryHash = loop.PrimaryHash;
        Key = loop.Key.ToArray();
        Primary = loop.Primary.ToArray();
        Request = exchange.Request.Copy();
    }

    public LoopServices Loop { get; }

    /// <summary>The request as the client made it.</summary>
    public RequestHead Request { get; }

    public RequestCacheControl Asked { get; }

    public CacheForward Forward { get; }

    /// <summary>What is stored and must be validated; empty: nothing.</summary>
    public StoredEntry Stale { get; private set; }

    /// <summary>The content of a QUERY; null: there is none.</summary>
    public PinnedBody? Content { get; }

    /// <summary>Of the variant, where there are variants.</summary>
    public KeyHash Hash { get; }

    public KeyHash PrimaryHash { get; }

    public byte[] Key { get; }

    public byte[] Primary { get; }

    /// <summary>The Range to ask with: a part is wanted, and stored in slices. Null: all of it.</summary>
    public byte[]? Part { get; init; }

    /// <summary>Under which fill others ask for the same.</summary>
    public byte[] FillKey => Part is null ? Key : [.. Key, .. "\nP"u8, .. Part];

    public long NowSeconds => Loop.UnixMs / 1000;

    /// <summary>Gives the stale entry back.</summary>
    public void Release(MemoryStore store)
    {
        if (!Stale.IsEmpty)
        {
            store.Release(Loop.Index, Stale);
            Stale = default;
        }
    }

    /// <summary>The hold on the stale entry goes over to the caller.</summary>
    public StoredEntry TakeStale()
    {
        StoredEntry stale = Stale;
        Stale = default;
        return stale;
    }
}
