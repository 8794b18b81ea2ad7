using System.Buffers.Binary;

namespace Weir.Net.Tls;

/// <summary>Reads TLS's numbers and vectors (RFC 8446 section 3); false when fewer octets are left.</summary>
internal ref struct OctetReader
{
    private ReadOnlySpan<byte> _rest;

    public OctetReader(ReadOnlySpan<byte> octets) => _rest = octets;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool Skip(int count) => Take(count, out _);

    public bool TakeUInt8(out byte value)
    {
        bool isThere = Take(1, out ReadOnlySpan<byte> octets);
        value = isThere ? octets[0] : (byte)0;
        return isThere;
    }

    public bool TakeUInt16(out ushort value)
    {
        bool isThere = Take(2, out ReadOnlySpan<byte> octets);
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(octets) : (ushort)0;
        return isThere;
    }

    public bool TakeVector8(out ReadOnlySpan<byte> content)
    {
        content = default;
        return TakeUInt8(out byte length) && Take(length, out content);
    }

    public bool TakeVector16(out ReadOnlySpan<byte> content)
    {
        content = default;
        return TakeUInt16(out ushort length) && Take(length, out content);
    }

    private bool Take(int count, out ReadOnlySpan<byte> octets)
    {
        if (_rest.Length < count)
        {
            octets = default;
            return false;
        }

        octets = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
