using System.Buffers.Binary;

namespace Weir.Upstream.Resolving;

/// <summary>A cursor over a received message. Every read checks its bounds; the first failure stays in <see cref="Defect"/>.</summary>
internal ref struct DnsReader
{
    // A name of 127 labels needs no more jumps than that, real servers need a handful; the bound keeps a crafted message linear.
    private const int MaxJumps = 32;
    private const int MaxWireName = 255;
    private const int HeaderLength = 12;

    private readonly ReadOnlySpan<byte> _message;

    public DnsReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        Position = 0;
        Defect = DnsDefect.None;
    }

    public int Position { get; private set; }

    public DnsDefect Defect { get; private set; }

    public readonly bool IsAtEnd => Position == _message.Length;

    public bool TryReadUInt16(out ushort value)
    {
        bool isRead = TryReadOctets(2, out ReadOnlySpan<byte> octets);
        value = isRead ? BinaryPrimitives.ReadUInt16BigEndian(octets) : (ushort)0;
        return isRead;
    }

    public bool TryReadUInt32(out uint value)
    {
        bool isRead = TryReadOctets(4, out ReadOnlySpan<byte> octets);
        value = isRead ? BinaryPrimitives.ReadUInt32BigEndian(octets) : 0;
        return isRead;
    }

    public bool TryReadOctets(int count, out ReadOnlySpan<byte> octets)
    {
        if (_message.Length - Position < count)
        {
            octets = default;
            return Fail(DnsDefect.CutShort);
        }

        octets = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>
    /// Reads a name (RFC 1035 section 4.1.4) as lower-case text. Octets that would make the text ambiguous are written as \DDD, so
    /// two names are the same exactly when their texts are. The root is the empty text.
    /// </summary>
    public bool TryReadName(out string name)
    {
        Span<char> text = stackalloc char[MaxWireName * 4];
        name = "";
        int textLength = 0;
        int wireLength = 1;
        int jumps = 0;
        int at = Position;

        // Where the name, or the part that was jumped to, begins: a pointer must go below it, so that no chain of them can loop.
        int segmentStart = at;
        bool hasJumped = false;
        while (true)
        {
            if (at >= _message.Length)
            {
                return Fail(DnsDefect.CutShort);
            }

            int length = _message[at];
            if (length == 0)
            {
                Position = hasJumped ? Position : at + 1;
                name = textLength == 0 ? "" : new string(text[..(textLength - 1)]);
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= _message.Length)
                {
                    return Fail(DnsDefect.CutShort);
                }

                int target = ((length & 0x3F) << 8) | _message[at + 1];
                if (target >= segmentStart || target < HeaderLength || ++jumps > MaxJumps)
                {
                    return Fail(DnsDefect.BadPointer);
                }

                Position = hasJumped ? Position : at + 2;
                hasJumped = true;
                at = target;
                segmentStart = target;
                continue;
            }

            wireLength += length + 1;
            if (length > DnsName.MaxLabelLength || wireLength > MaxWireName)
            {
                return Fail(DnsDefect.BadName);
            }

            if (_message.Length - at - 1 < length)
            {
                return Fail(DnsDefect.CutShort);
            }

            textLength += WriteLabel(_message.Slice(at + 1, length), text[textLength..]);
            at += length + 1;
        }
    }

    public bool Fail(DnsDefect defect)
    {
        Defect = Defect == DnsDefect.None ? defect : Defect;
        return false;
    }

    private static int WriteLabel(ReadOnlySpan<byte> label, Span<char> text)
    {
        int written = 0;
        foreach (byte octet in label)
        {
            if (octet is <= 0x20 or >= 0x7F or (byte)'.' or (byte)'\\')
            {
                text[written++] = '\\';
                text[written++] = (char)('0' + (octet / 100));
                text[written++] = (char)('0' + (octet / 10 % 10));
                text[written++] = (char)('0' + (octet % 10));
                continue;
            }

            text[written++] = octet is >= (byte)'A' and <= (byte)'Z' ? (char)(octet | 0x20) : (char)octet;
        }

        text[written++] = '.';
        return written;
    }
}
