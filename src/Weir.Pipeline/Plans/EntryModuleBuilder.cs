using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Plans;

/// <summary>What a factory gets for one entry of a stack: errors find their place in the file.</summary>
internal sealed class EntryModuleBuilder : ModuleBuilder
{
    private readonly StackEntry _entry;
    private readonly List<ConfigError> _errors;
    private readonly SlotCounter _slots;
    private readonly UsedUpstreams _upstreams;
    private readonly WeirLog _log;

    public EntryModuleBuilder(
        StackEntry entry, string? routePath, List<ConfigError> errors, SlotCounter slots, UsedUpstreams upstreams, WeirLog log)
    {
        _upstreams = upstreams;
        _entry = entry;
        RoutePath = routePath;
        _errors = errors;
        _slots = slots;
        _log = log;
    }

    /// <summary>What was reserved.</summary>
    public List<int> Slots { get; } = [];

    /// <summary>The files that were asked for.</summary>
    public List<string> Files { get; } = [];

    /// <summary>The upstreams that are fetched from.</summary>
    public List<string> Upstreams { get; } = [];

    /// <summary>The stack's name.</summary>
    public string Scope { get; init; } = "";

    public override string Place => Scope;

    /// <summary>What tells the module's place from all others.</summary>
    public string IdentityText { get; init; } = "";

    public override string Identity => IdentityText;

    /// <summary>The cache stores that may be named.</summary>
    public IReadOnlyDictionary<string, CacheConfig> Caches { get; init; } = new Dictionary<string, CacheConfig>();

    /// <summary>The folder that a store's directory is relative to.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>The stores that were asked for.</summary>
    public List<CacheSettings> Stores { get; } = [];

    /// <summary>What the modules of the process have in common.</summary>
    public Dictionary<string, object> SharedByAll { get; init; } = [];

    /// <summary>What of it was asked for.</summary>
    public List<KeyValuePair<string, object>> Shared { get; } = [];

    /// <summary>What the module's place remembers; null: nothing.</summary>
    public Func<ModuleMemory>? Remembered { get; init; }

    /// <summary>Secrets of the data directory, by name; null: there are none.</summary>
    public Func<string, byte[]>? Secrets { get; init; }

    public override byte[] Secret(string name) => Secrets?.Invoke(name) ?? base.Secret(name);

    public override IEd25519? Ed25519 => OpenSslEd25519.Instance;

    public override ModuleMemory Memory => Remembered?.Invoke() ?? base.Memory;

    public override string? RoutePath { get; }

    public override IPathRules PathRules => Plans.PathRules.Instance;

    public override ModuleLog Log => new EventModuleLog(_log, _entry.Name);

    public override void Error(string option, string cause, string remedy) =>
        _errors.Add(ModulePlaces.ToError(_entry, option, cause, remedy));

    public override void ErrorAt(string option, int offset, string cause, string remedy) =>
        _errors.Add(ModulePlaces.ToError(_entry, option, offset, cause, remedy));

    public override void Warning(string option, string cause, string remedy) =>
        _errors.Add(ModulePlaces.ToError(_entry, option, cause, remedy, isWarning: true));

    public override bool UseUpstream(string option, string upstream)
    {
        if (_upstreams.Use(upstream))
        {
            Upstreams.Add(upstream);
            return true;
        }

        Error(option, $"There is no upstream \"{upstream}\".", "Name one of those below `upstreams`.");
        return false;
    }

    public override CacheSettings? FindCache(string option, string name)
    {
        if (CacheStores.Find(Caches, DataFolder, name) is { } settings)
        {
            Stores.Add(settings);
            return settings;
        }

        Error(option, $"There is no cache \"{name}\".", "Name one of those below `caches`.");
        return null;
    }

    public override T Share<T>(string key, Func<T> make)
    {
        if (!SharedByAll.TryGetValue(key, out object? shared))
        {
            SharedByAll[key] = shared = make();
        }

        Shared.Add(new(key, shared));
        return (T)shared;
    }

    public override int ReserveSlot()
    {
        int slot = _slots.Reserve();
        Slots.Add(slot);
        return slot;
    }

    public override string ResolvePath(string path)
    {
        string file = ModulePlaces.ResolvePath(_entry, path);
        Files.Add(file);
        return file;
    }
}
