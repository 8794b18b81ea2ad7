namespace Weir.Net.Buffers;

/// <summary>One native allocation, cut into buffers of one size.</summary>
internal sealed class Slab
{
    public Slab(nint address, int octets)
    {
        Address = address;
        Octets = octets;
    }

    public nint Address { get; }

    public int Octets { get; }

    public int RentedCount { get; set; }

    /// <summary>When the last buffer came back; meaningful while none is rented.</summary>
    public long IdleSinceMs { get; set; }

    public NativeBuffer[] Buffers { get; set; } = [];
}
