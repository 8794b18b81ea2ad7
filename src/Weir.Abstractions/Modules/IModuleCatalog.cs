namespace Weir.Abstractions.Modules;

/// <summary>The modules that a stack may name.</summary>
public interface IModuleCatalog
{
    /// <summary>The factory of a name, or null.</summary>
    IModuleFactory? Find(string name);

    /// <summary>Every factory, in the order of the reference pages.</summary>
    IReadOnlyList<IModuleFactory> All { get; }
}
