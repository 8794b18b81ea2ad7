// Hot: writes the head of every HTTP/2 response. See bench/Weir.Bench.Http.
using System.Buffers.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;

namespace Weir.Http.Http2;

/// <summary>Writes field blocks of responses (RFC 9113 sections 8.2 and 8.3.2): names in lower case, nothing of the connection.</summary>
public static class ResponseBlockWriter
{
    // What a known name that is not in the arena can have, with what its encoding adds.
    private const int MostPerField = 64;
    private const int MostBesides = 128;

    private static readonly ulong _skippedMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.ProxyConnection) | HeaderFields.Mask(KnownField.TransferEncoding) | HeaderFields.Mask(KnownField.Upgrade)
        | HeaderFields.Mask(KnownField.Te) | HeaderFields.Mask(KnownField.Http2Settings);

    private static readonly ulong _lengthMask = HeaderFields.Mask(KnownField.ContentLength);

    /// <summary>A bound for what <see cref="WriteHead"/> and <see cref="WriteTrailers"/> write.</summary>
    public static int MostOctets(HeaderFields fields) => fields.ArenaBytes + (fields.SlotCount * MostPerField) + MostBesides;

    /// <summary>Writes a head; returns its octets.</summary>
    /// <param name="encoder">The connection's encoder.</param>
    /// <param name="head">The response.</param>
    /// <param name="status">The status to write: that of the head, but for a 101 that becomes a 200 (RFC 8441).</param>
    /// <param name="length">Written as Content-Length where it is known and <paramref name="keepsLength"/> is false.</param>
    /// <param name="keepsLength">Whether a Content-Length of the head stands as it is: in answers to HEAD and in 304.</param>
    /// <param name="target">At least <see cref="MostOctets"/>.</param>
    public static int WriteHead(HpackEncoder encoder, ResponseHead head, int status, BodyLength length, bool keepsLength, Span<byte> target)
    {
        int at = encoder.WriteStatus(target, encoder.BeginBlock(target, 0), status);
        at = WriteFields(encoder, head.Fields, keepsLength ? _skippedMask : _skippedMask | _lengthMask, target, at);
        if (keepsLength || !length.IsKnown)
        {
            return at;
        }

        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(length.Octets, digits, out int written);
        return encoder.WriteField(target, at, KnownField.ContentLength, default, digits[..written]);
    }

    /// <summary>Writes trailers; returns their octets.</summary>
    public static int WriteTrailers(HpackEncoder encoder, HeaderFields trailers, Span<byte> target) =>
        WriteFields(encoder, trailers, _skippedMask, target, encoder.BeginBlock(target, 0));

    /// <summary>Writes the fields but those of the mask; returns the place behind them.</summary>
    internal static int WriteFields(HpackEncoder encoder, HeaderFields fields, ulong skippedMask, Span<byte> target, int at)
    {
        int count = fields.SlotCount;
        for (int slot = 0; slot < count; slot++)
        {
            KnownField field = fields.FieldAt(slot);
            if (fields.IsRemoved(slot) || (skippedMask & HeaderFields.Mask(field)) != 0)
            {
                continue;
            }

            ReadOnlySpan<byte> name = field == KnownField.Other ? fields.NameAt(slot) : default;
            at = fields.IsKeptOutOfTables(slot)
                ? encoder.WriteNeverIndexed(target, at, field, name, fields.ValueAt(slot))
                : encoder.WriteField(target, at, field, name, fields.ValueAt(slot));
        }

        return at;
    }
}
