// Hot: writes every head. See bench/Weir.Bench.Http.
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>Appends octets to a buffer until it is full; a full buffer is noticed once, at the end.</summary>
internal ref struct HeadWriter
{
    /// <summary>Fields that the options of a message say instead of the head.</summary>
    public static readonly ulong ConnectionMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.Te) | HeaderFields.Mask(KnownField.TransferEncoding) | HeaderFields.Mask(KnownField.ContentLength)
        | HeaderFields.Mask(KnownField.Upgrade) | HeaderFields.Mask(KnownField.ProxyConnection)
        | HeaderFields.Mask(KnownField.Http2Settings);

    private const int LongestNumber = 20;

    private readonly Span<byte> _target;
    private int _length;
    private bool _isFull;

    public HeadWriter(Span<byte> target) => _target = target;

    /// <summary>Octets written, or -1 when they did not fit.</summary>
    public readonly int Result => _isFull ? -1 : _length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _target.Length - _length)
        {
            _isFull = true;
            return;
        }

        octets.CopyTo(_target[_length..]);
        _length += octets.Length;
    }

    public void Write(long number)
    {
        if (!Utf8Formatter.TryFormat(number, _target[_length..], out int written))
        {
            _isFull = true;
        }

        _length += written;
    }

    /// <summary>Writes a whole field line.</summary>
    public void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        Write("\r\n"u8);
    }

    /// <summary>Writes every field but those in the mask.</summary>
    public void WriteFields(HeaderFields fields, ulong skippedMask)
    {
        int written = fields.WriteLines(skippedMask, _target[_length..]);
        _isFull |= written < 0;
        _length += Math.Max(written, 0);
    }

    /// <summary>Writes the Upgrade fields, which the mask left out.</summary>
    public void WriteUpgrade(HeaderFields fields)
    {
        for (int slot = fields.Find(KnownField.Upgrade); slot >= 0; slot = fields.Find(KnownField.Upgrade, slot + 1))
        {
            WriteField("Upgrade"u8, fields.ValueAt(slot));
        }
    }

    /// <summary>Writes the framing field of a length.</summary>
    public void WriteFraming(BodyLength length)
    {
        if (length.IsUntilClose)
        {
            return;
        }

        if (!length.IsKnown)
        {
            Write("Transfer-Encoding: chunked\r\n"u8);
            return;
        }

        Write("Content-Length: "u8);
        Write(length.Octets);
        Write("\r\n"u8);
    }

    /// <summary>An upper bound for the fields of a head and what the options add.</summary>
    public static int MostOctets(HeaderFields fields)
    {
        int most = 256 + (2 * LongestNumber);
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (!fields.IsRemoved(slot))
            {
                most += fields.NameAt(slot).Length + fields.ValueAt(slot).Length + 4;
            }
        }

        return most;
    }
}
