namespace Weir.Modules.Rewrite;

/// <summary>A cookie path prefix as the origin writes it, and what stands for it.</summary>
internal readonly record struct CookiePathPair(PathPrefix From, PathPrefix To);
