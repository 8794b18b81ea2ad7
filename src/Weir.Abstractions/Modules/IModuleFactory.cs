namespace Weir.Abstractions.Modules;

/// <summary>Makes the modules of one name. Most factories derive from <see cref="ModuleFactory{TOptions}"/>.</summary>
public interface IModuleFactory
{
    /// <summary>The word a user writes in a stack: snake_case.</summary>
    string Name { get; }

    /// <summary>One sentence for the reference page.</summary>
    string Summary { get; }

    /// <summary>The immutable options record; its properties carry <see cref="Options.OptionAttribute"/>.</summary>
    Type OptionsType { get; }

    /// <summary>Where the module wants to stand; `weir check` explains and warns.</summary>
    IReadOnlyList<OrderHint> OrderHints { get; }

    /// <summary>Whether such a module answers every request itself, so that nothing below it ever runs.</summary>
    bool AnswersAlways(object options);

    /// <summary>The module that must stand somewhere below one with these options for them to mean anything; null: none.</summary>
    string? NeedsBelow(object options) => null;

    /// <summary>Makes a module from options, or reports errors through the builder and returns null.</summary>
    IModule? Create(object options, ModuleBuilder builder);
}
