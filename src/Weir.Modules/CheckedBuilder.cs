using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>
/// Passes everything on and remembers whether an error was reported, so that a factory can report all mistakes before it gives up.
/// </summary>
internal sealed class CheckedBuilder : ModuleBuilder
{
    private readonly ModuleBuilder _inner;

    public CheckedBuilder(ModuleBuilder inner) => _inner = inner;

    /// <summary>Whether an error was reported.</summary>
    public bool HasErrors { get; private set; }

    /// <inheritdoc/>
    public override string? RoutePath => _inner.RoutePath;

    /// <inheritdoc/>
    public override string Identity => _inner.Identity;

    /// <inheritdoc/>
    public override IPathRules PathRules => _inner.PathRules;

    /// <inheritdoc/>
    public override ModuleLog Log => _inner.Log;

    /// <inheritdoc/>
    public override ModuleMemory Memory => _inner.Memory;

    /// <inheritdoc/>
    public override void Error(string option, string cause, string remedy)
    {
        HasErrors = true;
        _inner.Error(option, cause, remedy);
    }

    /// <inheritdoc/>
    public override string Place => _inner.Place;

    /// <inheritdoc/>
    public override void ErrorAt(string option, int offset, string cause, string remedy)
    {
        HasErrors = true;
        _inner.ErrorAt(option, offset, cause, remedy);
    }

    /// <inheritdoc/>
    public override void Warning(string option, string cause, string remedy) => _inner.Warning(option, cause, remedy);

    /// <inheritdoc/>
    public override bool UseUpstream(string option, string upstream)
    {
        bool isKnown = _inner.UseUpstream(option, upstream);
        HasErrors |= !isKnown;
        return isKnown;
    }

    /// <inheritdoc/>
    public override CacheSettings? FindCache(string option, string name)
    {
        CacheSettings? settings = _inner.FindCache(option, name);
        HasErrors |= settings is null;
        return settings;
    }

    /// <inheritdoc/>
    public override T Share<T>(string key, Func<T> make) => _inner.Share(key, make);

    /// <inheritdoc/>
    public override byte[] Secret(string name) => _inner.Secret(name);

    /// <inheritdoc/>
    public override IEd25519? Ed25519 => _inner.Ed25519;

    /// <inheritdoc/>
    public override int ReserveSlot() => _inner.ReserveSlot();

    /// <inheritdoc/>
    public override string ResolvePath(string path) => _inner.ResolvePath(path);
}
