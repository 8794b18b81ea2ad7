// Hot: one for each frame.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weir.Http.Http2;

/// <summary>The nine octets before each frame's payload (RFC 9113 section 4.1).</summary>
public readonly struct FrameHeader
{
    /// <summary>Octets of a frame's header.</summary>
    public const int Octets = 9;

    /// <summary>The largest payload that a peer may send before it was allowed more, and the least bound it may set.</summary>
    public const int DefaultMaxPayload = 16_384;

    /// <summary>The largest bound that a peer may set.</summary>
    public const int LargestMaxPayload = (1 << 24) - 1;

    /// <summary>A header.</summary>
    public FrameHeader(int length, FrameType type, byte flags, int streamId)
    {
        Length = length;
        Type = type;
        Flags = flags;
        StreamId = streamId;
    }

    /// <summary>Octets of the payload.</summary>
    public int Length { get; }

    /// <summary>The type, perhaps an unknown one.</summary>
    public FrameType Type { get; }

    /// <summary>The flags: see <see cref="FrameFlags"/>.</summary>
    public byte Flags { get; }

    /// <summary>The stream, or 0 for the connection.</summary>
    public int StreamId { get; }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(byte flag) => (Flags & flag) != 0;

    /// <summary>Reads a header from at least nine octets. RFC 9113 section 4.1: the reserved bit is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FrameHeader Read(ReadOnlySpan<byte> octets)
    {
        uint lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(octets);
        int streamId = (int)(BinaryPrimitives.ReadUInt32BigEndian(octets[5..]) & 0x7FFFFFFF);
        return new((int)(lengthAndType >> 8), (FrameType)(byte)lengthAndType, octets[4], streamId);
    }

    /// <summary>Writes a header into at least nine octets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, ((uint)Length << 8) | (byte)Type);
        target[4] = Flags;
        BinaryPrimitives.WriteUInt32BigEndian(target[5..], (uint)StreamId);
    }
}
