using Weir.Abstractions.Exchanges;
using Weir.Cache.Collapsing;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>A body that arrives and is to be stored: in memory, or on the disk where it is too large for that.</summary>
public sealed class StoringBody
{
    private readonly SharedCache _cache;
    private readonly long _mostOctets;

    /// <summary>An empty body.</summary>
    /// <param name="cache">The cache that it is for.</param>
    /// <param name="loop">The loop that it arrives on.</param>
    /// <param name="mostOctets">More is refused.</param>
    /// <param name="octets">How many were announced; less than 0: none.</param>
    public StoringBody(SharedCache cache, LoopServices loop, long mostOctets, long octets)
    {
        _cache = cache;
        _mostOctets = mostOctets;
        if (octets > cache.Store.MostBodyOctets)
        {
            OnDisk = cache.Disk?.BeginLarge(mostOctets);
        }

        InMemory = OnDisk is null ? new CollectedBody(cache.Store, loop, mostOctets) : null;
    }

    /// <summary>The body as memory takes it; null: it goes to the disk.</summary>
    public CollectedBody? InMemory { get; private set; }

    /// <summary>The body as the disk takes it; null: it goes to memory.</summary>
    public LargeWrite? OnDisk { get; private set; }

    /// <summary>Whether a body of an announced length can be stored at all.</summary>
    public static bool Fits(SharedCache cache, long octets, long mostOctets) =>
        octets <= mostOctets && octets <= Math.Max(cache.Store.MostBodyOctets, cache.Disk?.MostBodyOctets ?? 0);

    /// <summary>Appends octets; false: there is no place for them, or there are too many. Then it is given up.</summary>
    public bool TryAppend(ReadOnlySpan<byte> octets)
    {
        if (InMemory is not { } memory)
        {
            return OnDisk!.TryAppend(octets);
        }

        if (memory.Octets + octets.Length <= _cache.Store.MostBodyOctets || _cache.Disk is null)
        {
            return memory.TryAppend(octets);
        }

        OnDisk = _cache.Disk.BeginLarge(_mostOctets);
        if (OnDisk is null || !memory.TryCopyTo(OnDisk))
        {
            return false;
        }

        memory.Release();
        InMemory = null;
        return OnDisk.TryAppend(octets);
    }

    /// <summary>Gives everything back that no record got. Called once, also after it was stored.</summary>
    public void Release()
    {
        InMemory?.Release();
        OnDisk?.Release();
    }
}
