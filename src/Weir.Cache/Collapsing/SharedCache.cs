using Weir.Abstractions.Modules;
using Weir.Cache.Disk;
using Weir.Cache.Keys;
using Weir.Cache.Purging;
using Weir.Cache.Statistics;
using Weir.Cache.Stores;

namespace Weir.Cache.Collapsing;

/// <summary>
/// One cache of the configuration, as all modules that name it have it: the store, made when first used, and the fills in flight.
/// </summary>
public sealed class SharedCache : IDisposable
{
    private const int MostRules = 256;

    private readonly Lock _gate = new();
    private readonly CacheDisk? _disk;
    private readonly Lazy<PurgeList> _purges;
    private readonly Lazy<FillTable> _fills;
    private readonly Lazy<MemoryStore> _store;
    private readonly Lazy<RecentUses> _uses = new(() => new RecentUses());
    private bool _isServing;
    private readonly Lazy<PurgeDesk> _desk;
    private KeyRules[] _rules = [];

    /// <summary>A cache for so many loops.</summary>
    /// <param name="settings">What the configuration says.</param>
    /// <param name="loops">How many loops use it.</param>
    /// <param name="disk">The directory that it goes on in; null: there is none. Whoever gave it disposes it.</param>
    public SharedCache(CacheSettings settings, int loops, CacheDisk? disk = null)
    {
        Settings = settings;
        LoopCount = loops;
        _disk = disk;
        _purges = new Lazy<PurgeList>(() => _isServing && disk is not null ? disk.Purges : new PurgeList());
        _fills = new Lazy<FillTable>(() => new FillTable(Purges));
        _store = new Lazy<MemoryStore>(MakeStore);
        _desk = new Lazy<PurgeDesk>(() => new PurgeDesk(Purges));
        Statistics = new CacheStatistics(loops);
    }

    /// <summary>What the configuration says.</summary>
    public CacheSettings Settings { get; }

    /// <summary>How many loops may use it.</summary>
    public int LoopCount { get; }

    /// <summary>The stored responses.</summary>
    public MemoryStore Store => _store.Value;

    /// <summary>
    /// Begins to serve: its directory is opened, and what was stored there looked through. Without it the cache is one of memory alone, as
    /// for a configuration that is only explained. May wait for the disk.
    /// </summary>
    public void Start()
    {
        _isServing = true;
        _ = Store;
    }

    /// <summary>The tier on disk; null: there is none.</summary>
    public DiskTier? Disk => Store.Disk;

    /// <summary>What was purged.</summary>
    public PurgeList Purges => _purges.Value;

    /// <summary>Where purges are ordered.</summary>
    public PurgeDesk Desk => _desk.Value;

    /// <summary>Whether anything was stored or looked up yet.</summary>
    public bool IsUsed => _store.IsValueCreated;

    /// <summary>What it has done.</summary>
    public CacheStatistics Statistics { get; }

    /// <summary>The ways in which its modules make keys of queries: a purge of a URL names them all.</summary>
    public IReadOnlyList<KeyRules> Rules => Volatile.Read(ref _rules);

    /// <summary>The fills in flight.</summary>
    public FillTable Fills => _fills.Value;

    /// <summary>What stands in for failing origins.</summary>
    public RecentFailures Failures { get; } = new();

    /// <summary>What was asked for before, where that decides about storing.</summary>
    public RecentUses Uses => _uses.Value;

    /// <summary>A module makes keys by these rules.</summary>
    public void Use(KeyRules rules)
    {
        lock (_gate)
        {
            if (rules.Query != QueryRule.All || rules.SortsQuery)
            {
                Volatile.Write(ref _rules, [rules, .. _rules.Take(MostRules - 1)]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_desk.IsValueCreated)
        {
            _desk.Value.Dispose();
        }

        if (_store.IsValueCreated)
        {
            if (_store.Value.Disk is { } tier)
            {
                Purges.Unregister(tier);
            }

            _store.Value.Dispose();
        }
    }

    // A lane more than loops: the thread that writes to disk reads what it writes from memory.
    private MemoryStore MakeStore()
    {
        DiskTier? tier = _isServing ? _disk?.Tier : null;
        MemoryStore store = new(Settings.MemoryOctets, LoopCount + (_disk is null ? 0 : 1), Purges) { Disk = tier };
        if (tier is not null)
        {
            tier.IsPopular = key => store.IsPopular(KeyHash.Of(key), key);
            Purges.Register(tier);
            tier.Start(Settings.DiskOctets, Purges.Identity);
            Desk.Wake();
        }

        return store;
    }
}
