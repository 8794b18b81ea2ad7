using Weir.Pipeline.Routing;
using Weir.Pipeline.Stacks;

namespace Weir.Pipeline.Plans;

/// <summary>A site, compiled. Immutable.</summary>
public sealed class SitePlan
{
    /// <summary>The site's key in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>What runs before routing.</summary>
    public CompiledStack Stack { get; init; } = CompiledStack.Empty;

    /// <summary>The routes.</summary>
    public required RouteTable<RoutePlan> Routes { get; init; }

    /// <summary>Whether it is served over TLS.</summary>
    public bool IsHttps { get; init; }

    /// <summary>Where clients that come without TLS are sent; 0: they are served.</summary>
    public int HttpsPort { get; init; }

    /// <summary>Whether origins get the target as the client wrote it.</summary>
    public bool UsesRawPaths { get; init; }
}
