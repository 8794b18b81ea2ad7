using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Binding;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config.Checking;

/// <summary>Makes flat lists of modules with options out of stacks: named stacks are put in place of their names.</summary>
internal sealed class StackResolver
{
    // Stacks that name stacks twice each double at every level; no request should pass more modules than this.
    private const int MostModules = 256;

    private readonly IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> _named;
    private readonly Binder _binder;
    private readonly IModuleCatalog _catalog;
    private readonly ErrorList _errors;
    private readonly OrderedDictionary<string, IReadOnlyList<StackEntry>> _resolved = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal StackResolver(
        IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> named, Binder binder, IModuleCatalog catalog, ErrorList errors)
    {
        _named = named;
        _binder = binder;
        _catalog = catalog;
        _errors = errors;
    }

    /// <summary>Reports named stacks that nothing has led to so far.</summary>
    internal void CheckUnused()
    {
        foreach ((string name, IReadOnlyList<StackEntry> entries) in _named)
        {
            // An empty one has no place to point at, and loses nothing.
            if (entries.Count > 0 && !_used.Contains(name))
            {
                _errors.Warning(
                    entries[0].Position,
                    $"No site, route or listener uses the stack \"{name}\".", "Name it in a stack, or remove it.");
            }
        }
    }

    /// <summary>The named stacks, flat.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<StackEntry>> ResolveNamed()
    {
        OrderedDictionary<string, IReadOnlyList<StackEntry>> all = new(StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<StackEntry> entries) in _named)
        {
            // An empty stack has nothing to point at but the file.
            Position position = entries.Count > 0 ? entries[0].Position : new Position("", 1, 1);
            if (_catalog.Find(name) is not null)
            {
                _errors.Error(position, $"The stack \"{name}\" bears the name of a module.", "Give it another name.");
            }

            all[name] = Named(name, position);
        }

        return all;
    }

    /// <summary>A stack, flat.</summary>
    internal IReadOnlyList<StackEntry> Resolve(IReadOnlyList<StackEntry> entries)
    {
        List<StackEntry> flat = [];
        foreach (StackEntry entry in entries)
        {
            IReadOnlyList<StackEntry> brought = Resolve(entry);
            if (flat.Count + brought.Count > MostModules)
            {
                _errors.Error(entry.Position, $"A stack comes to more than {MostModules} modules.", "Use fewer.");
                return flat;
            }

            flat.AddRange(brought);
        }

        return flat;
    }

    private IReadOnlyList<StackEntry> Resolve(StackEntry entry)
    {
        if (_named.ContainsKey(entry.Name))
        {
            _used.Add(entry.Name);
            if (entry.Node is not null)
            {
                _errors.Error(entry.Position, $"\"{entry.Name}\" is a named stack and takes no options.", $"Write `- {entry.Name}`.");
            }

            return [.. Named(entry.Name, entry.Position).Select(member => member with { FromStack = entry.Name })];
        }

        if (_catalog.Find(entry.Name) is not { } factory)
        {
            Unknown(entry);
            return [];
        }

        RecordShape shape = ValueShapes.OfRecord(factory.OptionsType);
        Node options = entry.Node is null or ScalarNode { IsNull: true } ? new MapNode(entry.Position, []) : entry.Node;
        bool acknowledgesOrder = TakeAcknowledgement(ref options);
        return [entry with { Options = _binder.BindRecord(shape, options, entry.Name), AcknowledgesOrder = acknowledgesOrder }];
    }

    // Any module may bear it: it says something about the stack, not about the module.
    private bool TakeAcknowledgement(ref Node options)
    {
        if (options is not MapNode map || map.Find(StackOrder.Acknowledgement) is not { } written)
        {
            return false;
        }

        options = map with { Entries = [.. map.Entries.Where(entry => entry != written)] };
        if (written.Value is ScalarNode { Text: "true" })
        {
            return true;
        }

        _errors.Error(
            written.Value.Position, $"`{StackOrder.Acknowledgement}` can only be true.", "Write `true` where the order is meant, else remove it.");
        return false;
    }

    private IReadOnlyList<StackEntry> Named(string name, Position from)
    {
        if (_resolved.TryGetValue(name, out IReadOnlyList<StackEntry>? known))
        {
            return known;
        }

        if (_open.Contains(name))
        {
            string path = string.Join(" -> ", _open.SkipWhile(open => open != name).Append(name));
            _errors.Error(from, $"A stack contains itself: {ScalarNode.Shorten(path)}.", "Take one of them out.");
            return [];
        }

        if (_open.Count >= YamlLimits.MostDepth)
        {
            _errors.Error(from, $"Stacks name each other more than {YamlLimits.MostDepth} deep.", "Write the modules in place.");
            return [];
        }

        _open.Add(name);
        IReadOnlyList<StackEntry> flat = Resolve(_named[name]);
        _open.RemoveAt(_open.Count - 1);
        _resolved[name] = flat;
        return flat;
    }

    private void Unknown(StackEntry entry)
    {
        string[] known = [.. _named.Keys, .. _catalog.All.Select(factory => factory.Name)];
        _errors.Error(
            entry.Position,
            $"\"{ScalarNode.Shorten(entry.Name)}\" is neither a module of this build nor a named stack.",
            Nearest.Find(entry.Name, known) is { } near
                ? $"Did you mean \"{near}\"?"
                : $"Known here: {ScalarNode.List(known)}.");
    }
}
