namespace Weir.Pipeline.Routing;

/// <summary>A site's host key and what it leads to. A site with several keys has several definitions.</summary>
/// <param name="Pattern">The hosts.</param>
/// <param name="Site">What a lookup returns.</param>
public sealed record SiteDefinition<TSite>(SitePattern Pattern, TSite Site)
    where TSite : class;
