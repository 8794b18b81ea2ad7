using System.Buffers.Binary;
using System.Text;

namespace Weir.Pipeline.Health;

/// <summary>
/// The two messages of grpc.health.v1.Health/Check, with gRPC's prefix of a flag and a length. Each has one field, so no library of
/// protocol buffers is needed.
/// </summary>
internal static class GrpcHealthMessage
{
    /// <summary>What the server must say of itself.</summary>
    public const int Serving = 1;

    private const int PrefixOctets = 5;
    private const int MostVarintOctets = 10;

    /// <summary>The question for a service; "" for the server as a whole.</summary>
    public static byte[] Ask(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        List<byte> message = [];
        if (name.Length > 0)
        {
            // Field 1, a string.
            message.Add(0x0A);
            uint length = (uint)name.Length;
            for (; length >= 0x80; length >>= 7)
            {
                message.Add((byte)(length | 0x80));
            }

            message.Add((byte)length);
            message.AddRange(name);
        }

        byte[] framed = new byte[PrefixOctets + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Count);
        message.CopyTo(framed, PrefixOctets);
        return framed;
    }

    /// <summary>The status of an answer: field 1, an enumeration; 0 (UNKNOWN) where it is left out. Null: it cannot be read.</summary>
    public static int? ReadStatus(ReadOnlySpan<byte> framed)
    {
        if (framed.Length < PrefixOctets || framed[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(framed[1..]) != framed.Length - PrefixOctets)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = framed[PrefixOctets..];
        int status = 0;
        while (!rest.IsEmpty)
        {
            if (!TryReadVarint(ref rest, out ulong tag) || !TryReadField(ref rest, (int)(tag & 7), out ulong value))
            {
                return null;
            }

            if (tag >> 3 == 1)
            {
                status = (int)Math.Min(value, int.MaxValue);
            }
        }

        return status;
    }

    // Fields that a later version may add are stepped over.
    private static bool TryReadField(ref ReadOnlySpan<byte> rest, int wireType, out ulong value)
    {
        value = 0;
        switch (wireType)
        {
            case 0:
                return TryReadVarint(ref rest, out value);
            case 1:
                return TrySkip(ref rest, 8);
            case 2:
                return TryReadVarint(ref rest, out ulong length) && TrySkip(ref rest, length);
            case 5:
                return TrySkip(ref rest, 4);
            default:
                return false;
        }
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> rest, ulong octets)
    {
        if (octets > (ulong)rest.Length)
        {
            return false;
        }

        rest = rest[(int)octets..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (int i = 0; i < rest.Length && i < MostVarintOctets; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
