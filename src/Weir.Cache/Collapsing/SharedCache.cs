using Weir.Abstractions.Modules;
using Weir.Cache.Purging;
using Weir.Cache.Stores;

namespace Weir.Cache.Collapsing;

/// <summary>One cache of the configuration, as all modules that name it have it: the store, made when first used, and the fills in flight.</summary>
public sealed class SharedCache : IDisposable
{
    private readonly Lazy<MemoryStore> _store;
    private readonly Lazy<RecentUses> _uses = new(() => new RecentUses());

    /// <summary>A cache for so many loops.</summary>
    public SharedCache(CacheSettings settings, int loops)
    {
        Settings = settings;
        LoopCount = loops;
        Fills = new FillTable(Purges);
        _store = new Lazy<MemoryStore>(() => new MemoryStore(settings.MemoryOctets, loops, Purges));
    }

    /// <summary>What the configuration says.</summary>
    public CacheSettings Settings { get; }

    /// <summary>How many loops may use it.</summary>
    public int LoopCount { get; }

    /// <summary>The stored responses.</summary>
    public MemoryStore Store => _store.Value;

    /// <summary>What was purged.</summary>
    public PurgeList Purges { get; } = new();

    /// <summary>The fills in flight.</summary>
    public FillTable Fills { get; }

    /// <summary>What was asked for before, where that decides about storing.</summary>
    public RecentUses Uses => _uses.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_store.IsValueCreated)
        {
            _store.Value.Dispose();
        }
    }
}
