namespace Weir.Modules.Cache;

/// <summary>Whose responses a cache module serves.</summary>
public enum CacheScope
{
    /// <summary>Those of its own stack.</summary>
    Own,

    /// <summary>Those of all modules with this scope and the same store.</summary>
    Shared,
}
