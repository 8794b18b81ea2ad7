using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Plans;

/// <summary>
/// The modules of a plan by their places. The next plan takes those whose stack, options and files are the same: what a module has counted
/// and learnt outlives a reload that does not touch it.
/// </summary>
public sealed class ModuleInventory
{
    private readonly List<PlacedModule> _modules = [];
    private IReadOnlyList<ModuleCounter>? _counters;

    /// <summary>How many there are.</summary>
    public int Count => _modules.Count;

    /// <summary>How many of them another inventory has too, as the same objects.</summary>
    public int CountShared(ModuleInventory other) => _modules.Count - Only(other).Count;

    /// <summary>Disposes what another inventory does not have. Exchanges that pinned the old plan may still call such a module.</summary>
    public void DisposeAllBut(ModuleInventory? other)
    {
        foreach (IModule module in Only(other))
        {
            (module as IDisposable)?.Dispose();
        }

        HashSet<object> kept = new(other?.Shared.Values.AsEnumerable() ?? [], ReferenceEqualityComparer.Instance);
        foreach (object shared in Shared.Values.Where(shared => !kept.Contains(shared)))
        {
            (shared as IDisposable)?.Dispose();
        }
    }

    /// <summary>What its modules count, metric by metric; the same list each time, once it is complete.</summary>
    public IReadOnlyList<ModuleCounter> Counters =>
        _counters ??= [.. Shared.Values.OfType<ModuleCounter>().OrderBy(counter => counter.Metric, StringComparer.Ordinal)];

    internal void Add(PlacedModule module)
    {
        _modules.Add(module);
        _counters = null;
    }

    /// <summary>What its modules have in common, of one type, each once.</summary>
    public IEnumerable<T> OfShared<T>() => Shared.Values.OfType<T>().Distinct();

    /// <summary>The places in exchanges that its modules use.</summary>
    internal IEnumerable<int> Slots => _modules.SelectMany(placed => placed.Slots);

    /// <summary>What its modules have in common, by keys.</summary>
    internal Dictionary<string, object> Shared =>
        _modules.SelectMany(placed => placed.Shared).DistinctBy(shared => shared.Key, StringComparer.Ordinal).ToDictionary(
            StringComparer.Ordinal);

    /// <summary>Its modules in the order of their making, each to be taken once.</summary>
    internal Dictionary<string, Queue<PlacedModule>> ToCarry()
    {
        Dictionary<string, Queue<PlacedModule>> byPlace = new(StringComparer.Ordinal);
        foreach (PlacedModule placed in _modules)
        {
            if (!byPlace.TryGetValue(placed.Place, out Queue<PlacedModule>? queue))
            {
                byPlace[placed.Place] = queue = new Queue<PlacedModule>();
            }

            queue.Enqueue(placed);
        }

        return byPlace;
    }

    private List<IModule> Only(ModuleInventory? other)
    {
        HashSet<IModule> others = new(other?._modules.Select(placed => placed.Module) ?? [], ReferenceEqualityComparer.Instance);
        return [.. _modules.Select(placed => placed.Module).Where(module => !others.Contains(module))];
    }
}
