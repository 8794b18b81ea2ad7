namespace Weir.Abstractions.Bodies;

/// <summary>
/// Octets that do not move: native memory, or a pinned array. It is lent, never owned: who gave it says how long it is valid.
/// </summary>
public readonly struct NativeSlice
{
    private readonly nint _address;

    /// <summary>Refers to octets at an address. The caller vouches that they stay there while the slice is lent.</summary>
    public NativeSlice(nint address, int length)
    {
        _address = address;
        Length = length;
    }

    /// <summary>Octets.</summary>
    public int Length { get; }

    /// <summary>Whether it holds nothing.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>Where the octets are.</summary>
    public nint Address => _address;

    /// <summary>The octets.</summary>
    public unsafe ReadOnlySpan<byte> Span => new((void*)_address, Length);

    /// <summary>All from an offset on.</summary>
    public NativeSlice From(int offset) => new(_address + offset, Length - offset);

    /// <summary>The first octets.</summary>
    public NativeSlice Take(int length) => new(_address, length);
}
