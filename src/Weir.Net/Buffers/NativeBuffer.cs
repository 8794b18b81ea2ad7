using Weir.Abstractions.Bodies;

namespace Weir.Net.Buffers;

/// <summary>
/// A buffer outside the garbage-collected heap, rented from its loop's <see cref="BufferPool"/>. It has one owner, who returns it. The
/// objects are reused with their memory, so renting allocates nothing.
/// </summary>
public sealed class NativeBuffer : LoopBuffer
{
    internal NativeBuffer? NextFree;

    internal NativeBuffer(Slab slab, nint address, int capacity)
        : base(address, capacity) => Slab = slab;

    internal Slab Slab { get; }

    internal bool IsRented { get; set; }
}
