using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Writing;
using Weir.Pipeline.Stacks;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Plans;

/// <summary>Makes the modules of a configured stack, in its order.</summary>
internal sealed class StackCompiler
{
    private readonly IModuleCatalog _catalog;
    private readonly List<ConfigError> _errors;
    private readonly SlotCounter _slots;
    private readonly UsedUpstreams _upstreams;
    private readonly Dictionary<string, Queue<PlacedModule>> _before;
    private readonly WeirLog _log;
    private readonly Dictionary<string, object> _shared;
    private readonly Dictionary<(string Scope, string Module), int> _numbers = [];
    private readonly Dictionary<(string Identity, string Module), int> _turns = [];

    /// <summary>With the modules of the plan before, to be carried over where nothing has changed.</summary>
    public StackCompiler(
        IModuleCatalog catalog, List<ConfigError> errors, UsedUpstreams upstreams, ModuleInventory? before, WeirLog log)
    {
        _log = log;
        _upstreams = upstreams;
        _catalog = catalog;
        _errors = errors;
        _slots = new SlotCounter(before?.Slots ?? []);
        _before = before?.ToCarry() ?? [];
        _shared = new(before?.Shared ?? [], StringComparer.Ordinal);
    }

    /// <summary>What modules remember; null: nothing beyond themselves.</summary>
    public IModuleMemories? Memories { get; init; }

    /// <summary>Secrets of the data directory, by name; null: nothing will be served.</summary>
    public Func<string, byte[]>? Secrets { get; set; }

    /// <summary>The cache stores of the configuration.</summary>
    public IReadOnlyDictionary<string, CacheConfig> Caches { get; set; } = new Dictionary<string, CacheConfig>();

    /// <summary>The folder that directories of stores are relative to.</summary>
    public string DataFolder { get; set; } = "";

    /// <summary>Every module made or carried over so far.</summary>
    public ModuleInventory Modules { get; } = new();

    /// <summary>A site's or a route's stack. The scope names it: a module is carried over only into the stack it was in.</summary>
    public CompiledStack Compile(IReadOnlyList<StackEntry> entries, string? routePath, string scope, string? identity = null)
    {
        if (entries.Count == 0)
        {
            return CompiledStack.Empty;
        }

        List<NamedModule> modules = [];
        foreach (StackEntry entry in entries)
        {
            if (Make(entry, routePath, scope, identity ?? scope) is { } module)
            {
                modules.Add(new NamedModule(entry.Name, module));
            }
        }

        return new CompiledStack(modules);
    }

    public IReadOnlyList<IConnectionModule> CompileConnections(IReadOnlyList<StackEntry> entries, string scope)
    {
        List<IConnectionModule> modules = [];
        foreach (StackEntry entry in entries)
        {
            if (Make(entry, null, scope, scope) is not { } module)
            {
                continue;
            }

            if (module is IConnectionModule atConnection)
            {
                modules.Add(atConnection);
            }
            else
            {
                _errors.Add(new ConfigError(
                    entry.Position.File, entry.Position.Line, entry.Position.Column,
                    $"The module '{entry.Name}' has nothing to do at the connection moment.", "Move it to a site's or a route's stack."));
            }
        }

        return modules;
    }

    private IModule? Make(StackEntry entry, string? routePath, string scope, string identity)
    {
        if (_catalog.Find(entry.Name) is not { } factory || entry.Options is null)
        {
            return null;
        }

        int number = _numbers[(scope, entry.Name)] = _numbers.GetValueOrDefault((scope, entry.Name)) + 1;
        int turn = _turns[(identity, entry.Name)] = _turns.GetValueOrDefault((identity, entry.Name)) + 1;
        string place = $"{scope}\n{OptionText.Of(entry)}";
        if (Carry(place, identity) is { } same)
        {
            Modules.Add(same);
            _errors.AddRange(same.Warnings);
            return same.Module;
        }

        int errorsBefore = _errors.Count;
        EntryModuleBuilder builder = new(entry, routePath, _errors, _slots, _upstreams, _log)
        {
            Scope = scope,
            Caches = Caches,
            DataFolder = DataFolder,
            IdentityText = $"{identity}\n{turn}",
            SharedByAll = _shared,
            Secrets = Secrets,
            Remembered = Memories is { } memories ? () => memories.Of(scope, entry.Name, number) : null,
        };
        IModule? module = factory.Create(entry.Options, builder);
        if (module is not null)
        {
            Modules.Add(new PlacedModule(
                place, identity, module, builder.Slots, [.. builder.Files.Select(FileStamp.Of)], builder.Upstreams, builder.Stores, builder.Shared,
                [.. _errors.Skip(errorsBefore)]));
        }

        return module;
    }

    private PlacedModule? Carry(string place, string identity) =>
        _before.TryGetValue(place, out Queue<PlacedModule>? same) && same.TryDequeue(out PlacedModule? module)
            && module.Files.All(file => file.IsCurrent) && IsUnchanged(module, identity) && module.Upstreams.All(_upstreams.Use)
            ? module
            : null;

    // What a store holds for one route is not for another that now has its name.
    private bool IsUnchanged(PlacedModule module, string identity) =>
        module.Stores.Count == 0
        || (module.Identity == identity && module.Stores.All(store => CacheStores.Find(Caches, DataFolder, store.Name) == store));
}
