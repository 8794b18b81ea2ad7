using Weir.Cache.Collapsing;

namespace Weir.Hosting;

/// <content>Directories of caches.</content>
public sealed partial class WeirHost
{
    // Before the first request of a plan: what it finds on disk is then what was stored, and purges of an earlier run are in force.
    private void StartCaches()
    {
        foreach (SharedCache cache in _modules.OfShared<SharedCache>())
        {
            cache.Start();
        }
    }
}
