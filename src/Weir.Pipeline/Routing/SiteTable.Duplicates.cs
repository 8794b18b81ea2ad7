namespace Weir.Pipeline.Routing;

/// <summary>What can be said about a list of sites before it becomes a table.</summary>
public static class SiteTable
{
    /// <summary>The first two definitions with the same pattern, by index; null when all differ.</summary>
    public static (int First, int Second)? FindDuplicate<TSite>(IReadOnlyList<SiteDefinition<TSite>> sites)
        where TSite : class
    {
        Dictionary<SitePattern, int> seen = [];
        for (int i = 0; i < sites.Count; i++)
        {
            if (!seen.TryAdd(sites[i].Pattern, i))
            {
                return (seen[sites[i].Pattern], i);
            }
        }

        return null;
    }
}
