using System.Runtime.CompilerServices;

namespace Weir.Net.Buffers;

/// <summary>
/// A buffer outside the garbage-collected heap, rented from its loop's <see cref="BufferPool"/>. It has one owner, who returns it. The
/// objects are reused with their memory, so renting allocates nothing.
/// </summary>
public sealed unsafe class NativeBuffer
{
    internal NativeBuffer? NextFree;

    internal NativeBuffer(Slab slab, nint address, int capacity)
    {
        Slab = slab;
        Address = address;
        Capacity = capacity;
    }

    /// <summary>Where the octets are.</summary>
    public nint Address { get; }

    /// <summary>Octets.</summary>
    public int Capacity { get; }

    internal Slab Slab { get; }

    internal bool IsRented { get; set; }

    /// <summary>A part of the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Span(int start, int length) => new((byte*)Address + start, length);
}
