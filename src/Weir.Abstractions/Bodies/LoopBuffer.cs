using System.Runtime.CompilerServices;

namespace Weir.Abstractions.Bodies;

/// <summary>
/// A buffer outside the heap that a loop lends (<see cref="Exchanges.LoopServices.TryRentBuffer"/>): counted against limits.memory, given
/// back by who rented it, on the same loop.
/// </summary>
public abstract class LoopBuffer
{
    /// <summary>A buffer over memory that stays where it is.</summary>
    protected LoopBuffer(nint address, int capacity)
    {
        Address = address;
        Capacity = capacity;
    }

    /// <summary>Where the octets are.</summary>
    public nint Address { get; }

    /// <summary>Octets.</summary>
    public int Capacity { get; }

    /// <summary>A part of the buffer. The caller keeps within <see cref="Capacity"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Span<byte> Span(int start, int length) => new((byte*)Address + start, length);
}
