// Hot: one look-up for each request that a cache looks at.
using System.Runtime.InteropServices;
using Weir.Cache.Keys;

namespace Weir.Cache.Stores;

/// <summary>
/// Where the record of each key lies: eight octets for a record, eight records for a cache line, two lines for a key to choose from. Read
/// by all loops without a lock; written by one thread at a time.
/// </summary>
/// <remarks>A slot: 24 bits of the hash, the segment's number plus one, the place in it in units of 16 octets. 0: empty.</remarks>
internal sealed unsafe class StoreIndex
{
    /// <summary>Slots of one cache line.</summary>
    public const int BucketSlots = 8;

    private const int TagShift = 40;
    private const int SegmentShift = 16;
    private const ulong SegmentMask = (1UL << (TagShift - SegmentShift)) - 1;
    private const ulong PlaceMask = (1UL << SegmentShift) - 1;
    private const int LineOctets = 64;

    private readonly void* _memory;
    private readonly ulong* _slots;
    private readonly ulong _bucketMask;

    /// <summary>An index with at least so many slots.</summary>
    public StoreIndex(long slots)
    {
        ulong buckets = System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(slots / BucketSlots, 1));
        _bucketMask = buckets - 1;
        Octets = (long)buckets * LineOctets;

        // Zeros from the system are no memory before they are written to: a configuration that is only checked costs nothing.
        _memory = NativeMemory.AllocZeroed((nuint)Octets + LineOctets);
        _slots = (ulong*)(((nint)_memory + LineOctets - 1) & -LineOctets);
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

    /// <summary>Gives the memory back: nobody looks anything up any more.</summary>
    public void Free() => NativeMemory.Free(_memory);

    /// <summary>How many slots there are.</summary>
    public long SlotCount => Octets / sizeof(ulong);

    /// <summary>A slot, from 0.</summary>
    public ulong* SlotAt(long index) => _slots + index;

    private static ulong TagOf(in KeyHash hash) => hash.Low & ((1UL << (64 - TagShift)) - 1);
}
