using Weir.Abstractions.Modules;
using Weir.Config.Model;

namespace Weir.Pipeline.Plans;

/// <summary>The stores of a configuration as modules get them.</summary>
internal static class CacheStores
{
    /// <summary>A store by its name; null: there is none. "default" is there without being written.</summary>
    public static CacheSettings? Find(IReadOnlyDictionary<string, CacheConfig> caches, string dataFolder, string name)
    {
        if (!caches.TryGetValue(name, out CacheConfig? cache) && name != "default")
        {
            return null;
        }

        cache ??= new CacheConfig { Name = name };
        return new CacheSettings(name, cache.Memory.Octets, cache.ObjectSize.Octets)
        {
            DiskPath = cache.Disk is { } disk ? Path.GetFullPath(Path.Combine(dataFolder, disk.Path)) : null,
            DiskOctets = cache.Disk?.Size.Octets ?? 0,
        };
    }
}
