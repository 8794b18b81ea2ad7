using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Pipeline.Stacks;

namespace Weir.Pipeline.Plans;

/// <summary>Makes the modules of a configured stack, in its order.</summary>
internal sealed class StackCompiler
{
    private readonly IModuleCatalog _catalog;
    private readonly List<ConfigError> _errors;
    private readonly SlotCounter _slots;
    private readonly UsedUpstreams _upstreams;

    public StackCompiler(IModuleCatalog catalog, List<ConfigError> errors, SlotCounter slots, UsedUpstreams upstreams)
    {
        _upstreams = upstreams;
        _catalog = catalog;
        _errors = errors;
        _slots = slots;
    }

    public CompiledStack Compile(IReadOnlyList<StackEntry> entries, string? routePath)
    {
        if (entries.Count == 0)
        {
            return CompiledStack.Empty;
        }

        List<NamedModule> modules = [];
        foreach (StackEntry entry in entries)
        {
            if (Make(entry, routePath) is { } module)
            {
                modules.Add(new NamedModule(entry.Name, module));
            }
        }

        return new CompiledStack(modules);
    }

    public IReadOnlyList<IConnectionModule> CompileConnections(IReadOnlyList<StackEntry> entries)
    {
        List<IConnectionModule> modules = [];
        foreach (StackEntry entry in entries)
        {
            if (Make(entry, null) is not { } module)
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

    private IModule? Make(StackEntry entry, string? routePath)
    {
        if (_catalog.Find(entry.Name) is not { } factory || entry.Options is null)
        {
            return null;
        }

        return factory.Create(entry.Options, new EntryModuleBuilder(entry, routePath, _errors, _slots, _upstreams));
    }
}
