namespace Weir.Abstractions.Modules;

/// <summary>A factory whose options are a record.</summary>
/// <typeparam name="TOptions">An immutable record with a parameterless constructor: its property initialisers are the defaults.</typeparam>
public abstract class ModuleFactory<TOptions> : IModuleFactory
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public Type OptionsType => typeof(TOptions);

    /// <inheritdoc/>
    public virtual IReadOnlyList<OrderHint> OrderHints => [];

    /// <inheritdoc/>
    public bool AnswersAlways(object options) => AnswersAlways((TOptions)options);

    /// <inheritdoc/>
    public string? NeedsBelow(object options) => NeedsBelow((TOptions)options);

    /// <inheritdoc/>
    public IModule? Create(object options, ModuleBuilder builder) => Create((TOptions)options, builder);

    /// <summary>Whether a module with these options answers every request itself.</summary>
    protected virtual bool AnswersAlways(TOptions options) => false;

    /// <summary>The module that must stand somewhere below one with these options for them to mean anything; null: none.</summary>
    protected virtual string? NeedsBelow(TOptions options) => null;

    /// <summary>Validates the options and makes the module; null after an error was reported.</summary>
    protected abstract IModule? Create(TOptions options, ModuleBuilder builder);
}
