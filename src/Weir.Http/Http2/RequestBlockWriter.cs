// Hot: writes the head of every request that goes to an origin over HTTP/2. See bench/Weir.Bench.Http.
using System.Buffers.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Semantics;

namespace Weir.Http.Http2;

/// <summary>
/// Writes field blocks of requests (RFC 9113 section 8.3.1): pseudo-fields first, names in lower case, nothing of a connection.
/// </summary>
public static class RequestBlockWriter
{
    // The pseudo-fields' names, TE and Content-Length, with what their encoding adds.
    private const int MostBesides = 192;

    // Where a path and its query are joined: behind what the encoder writes before them.
    private const int MostBeforePath = 16;

    private static readonly ulong _skippedMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.ProxyConnection) | HeaderFields.Mask(KnownField.TransferEncoding) | HeaderFields.Mask(KnownField.Upgrade)
        | HeaderFields.Mask(KnownField.Te) | HeaderFields.Mask(KnownField.Http2Settings) | HeaderFields.Mask(KnownField.Host)
        | HeaderFields.Mask(KnownField.ContentLength);

    // RFC 8441 section 5: there is no key to prove anything by.
    private static readonly ulong _keyMask = HeaderFields.Mask(KnownField.SecWebSocketKey);

    /// <summary>A bound for what <see cref="Write"/> writes.</summary>
    public static int MostOctets(RequestHead head) => ResponseBlockWriter.MostOctets(head.Fields) + MostBesides;

    /// <summary>
    /// What the fields count for in the receiver's SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113 section 6.5.2), a little less at most.
    /// </summary>
    public static long ListOctets(RequestHead head)
    {
        HeaderFields fields = head.Fields;
        long octets = head.Path.Length + head.Query.Length + head.OriginAuthority.Length + head.MethodToken.Length
            + (5 * HpackSize.EntryOverhead) + ":method:scheme:authority:path".Length;
        for (int slot = 0; slot < fields.SlotCount; slot++)
        {
            if (!fields.IsRemoved(slot) && (_skippedMask & HeaderFields.Mask(fields.FieldAt(slot))) == 0)
            {
                octets += fields.NameAt(slot).Length + fields.ValueAt(slot).Length + HpackSize.EntryOverhead;
            }
        }

        return octets;
    }

    /// <summary>Writes a head; returns its octets.</summary>
    /// <param name="encoder">The connection's encoder.</param>
    /// <param name="head">The request.</param>
    /// <param name="options">What to say besides.</param>
    /// <param name="target">At least <see cref="MostOctets"/>.</param>
    public static int Write(HpackEncoder encoder, RequestHead head, in RequestBlockOptions options, Span<byte> target)
    {
        int at = encoder.BeginBlock(target, 0);
        at = encoder.WriteMethod(target, at, options.IsTunnel ? "CONNECT"u8 : head.MethodToken);
        if (options.IsTunnel)
        {
            head.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> protocol);
            at = encoder.WriteProtocol(target, at, protocol);
        }

        at = encoder.WriteScheme(target, at, options.IsHttps);
        at = encoder.WriteAuthority(target, at, head.OriginAuthority);
        at = WritePath(encoder, head, options.UseRawTarget, target, at);
        at = ResponseBlockWriter.WriteFields(encoder, head.Fields, options.IsTunnel ? _skippedMask | _keyMask : _skippedMask, target, at);
        if (options.SendTeTrailers)
        {
            // RFC 9113 section 8.2.2: the one thing that TE may say.
            at = encoder.WriteField(target, at, KnownField.Te, default, "trailers"u8);
        }

        return options.IsTunnel ? at : WriteLength(encoder, head, options.BodyLength, target, at);
    }

    private static int WriteLength(HpackEncoder encoder, RequestHead head, BodyLength length, Span<byte> target, int at)
    {
        // RFC 9110 section 8.6: methods that anticipate content say so when there is none.
        bool isTold = length.IsNone
            ? head.Method is RequestMethod.Post or RequestMethod.Put or RequestMethod.Patch or RequestMethod.Query
            : length.IsKnown;
        if (!isTold)
        {
            return at;
        }

        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(length.Octets, digits, out int written);
        return encoder.WriteField(target, at, KnownField.ContentLength, default, digits[..written]);
    }

    private static int WritePath(HpackEncoder encoder, RequestHead head, bool useRaw, Span<byte> target, int at)
    {
        if (head.IsAsterisk)
        {
            return encoder.WritePath(target, at, "*"u8);
        }

        ReadOnlySpan<byte> path = useRaw ? RequestTarget.PathAndQuery(head.Target) : head.Path;
        bool lacksSlash = path.IsEmpty || path[0] != (byte)'/';
        bool hasQuery = !useRaw && head.HasQuery;
        if (!lacksSlash && !hasQuery)
        {
            return encoder.WritePath(target, at, path);
        }

        Span<byte> joined = target[(at + MostBeforePath)..];
        int length = 0;
        if (lacksSlash)
        {
            joined[length++] = (byte)'/';
        }

        path.CopyTo(joined[length..]);
        length += path.Length;
        if (hasQuery)
        {
            joined[length++] = (byte)'?';
            head.Query.CopyTo(joined[length..]);
            length += head.Query.Length;
        }

        return encoder.WritePath(target, at, joined[..length]);
    }
}
