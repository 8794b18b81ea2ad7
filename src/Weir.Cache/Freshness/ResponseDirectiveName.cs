namespace Weir.Cache.Freshness;

/// <summary>The directives of responses that mean something to a shared cache.</summary>
internal enum ResponseDirectiveName : byte
{
    Unknown,
    MaxAge,
    SharedMaxAge,
    StaleWhileRevalidate,
    StaleIfError,
    NoCache,
    Private,
    NoStore,
    Public,
    MustRevalidate,
    ProxyRevalidate,
    MustUnderstand,
    NoTransform,
    Immutable,
}
