// Hot: one look-up for each request that a cache looks at.
using System.Runtime.InteropServices;
using Weir.Cache.Keys;

namespace Weir.Cache.Stores;

/// <summary>
/// Where the record of each key lies: eight octets for a record, eight records for a cache line, two lines for a key to choose from. Read
/// by all loops without a lock; written by one thread at a time.
/// </summary>
/// <remarks>A slot: 24 bits of the hash, the segment's number plus one, the place in it in units of 16 octets. 0: empty.</remarks>
internal sealed unsafe class StoreIndex : IDisposable
{
    /// <summary>Slots of one cache line.</summary>
    public const int BucketSlots = 8;

    private const int TagShift = 40;
    private const int SegmentShift = 16;
    private const ulong SegmentMask = (1UL << (TagShift - SegmentShift)) - 1;
    private const ulong PlaceMask = (1UL << SegmentShift) - 1;
    private const int LineOctets = 64;

    private readonly ulong* _slots;
    private readonly ulong _bucketMask;

    /// <summary>An index with at least so many slots.</summary>
    public StoreIndex(long slots)
    {
        ulong buckets = System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(slots / BucketSlots, 1));
        _bucketMask = buckets - 1;
        Octets = (long)buckets * LineOctets;
        _slots = (ulong*)NativeMemory.AlignedAlloc((nuint)Octets, LineOctets);
        NativeMemory.Clear(_slots, (nuint)Octets);
    }

    /// <summary>Octets of memory.</summary>
    public long Octets { get; }

    public static ulong Slot(in KeyHash hash, int segment, int place) =>
        (TagOf(hash) << TagShift) | ((ulong)(segment + 1) << SegmentShift) | (uint)(place / Layout.Alignment);

    public static int SegmentOf(ulong slot) => (int)((slot >> SegmentShift) & SegmentMask) - 1;

    public static int PlaceOf(ulong slot) => (int)(slot & PlaceMask) * Layout.Alignment;

    public static bool HasTag(ulong slot, in KeyHash hash) => slot >> TagShift == TagOf(hash) && slot != 0;

    /// <summary>One of the two lines of a key.</summary>
    public ulong* Bucket(in KeyHash hash, int which) =>
        _slots + (((which == 0 ? hash.High : hash.High >> 32 ^ hash.Low >> 40) & _bucketMask) * BucketSlots);

    public void Dispose() => NativeMemory.AlignedFree(_slots);

    private static ulong TagOf(in KeyHash hash) => hash.Low & ((1UL << (64 - TagShift)) - 1);
}
