using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Cache;

/// <summary>Bounds of a cache module.</summary>
internal sealed class CacheLimits
{
    /// <summary>How much of a response that arrives is kept for those who follow it.</summary>
    public const int WindowOctets = 8 << 20;

    /// <summary>The largest content of a QUERY whose response is stored: it is part of the key.</summary>
    public const int MostQueryOctets = 64 << 10;

    /// <summary>Variants of one key.</summary>
    public const int MostVariants = 64;

    /// <summary>How long it is remembered that responses for a key are not shared.</summary>
    public const long UnsharedSeconds = 60;

    public CacheLimits(CacheOptions options, CacheSettings settings)
    {
        WaitMs = (int)options.Wait.TotalMilliseconds;
        SliceOctets = (int)Math.Min(options.Slice.Octets, settings.ObjectOctets);
        ObjectOctets = settings.ObjectOctets;
        PurgeFrom = [.. options.PurgeFrom];
        SecondUseOctets = options.SecondUse?.Octets ?? long.MaxValue;
    }

    /// <summary>How long a request waits for another one's response.</summary>
    public int WaitMs { get; }

    /// <summary>The smallest response that is stored at the second use only.</summary>
    public long SecondUseOctets { get; }

    /// <summary>
    /// How long a reader of slices waits for the next one: it has begun to answer, and cannot ask for all of it any more.
    /// </summary>
    public int SliceWaitMs => Math.Max(WaitMs, 60_000);

    /// <summary>The size of slices; 0: there are none.</summary>
    public int SliceOctets { get; }

    /// <summary>The largest response that is stored.</summary>
    public long ObjectOctets { get; }

    /// <summary>Whose PURGE is obeyed.</summary>
    public IpPrefix[] PurgeFrom { get; }
}
