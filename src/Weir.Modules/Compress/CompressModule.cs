// Hot: runs for each response that passes the stack.
using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Codings;
using Weir.Codings.Compression;
using Weir.Codings.Decompression;
using Weir.Codings.Negotiation;

namespace Weir.Modules.Compress;

/// <summary>Compresses what goes to clients, and inflates what they could not read.</summary>
internal sealed class CompressModule : IResponseModule, IBodyModule
{
    private const string Name = "compress";

    private readonly ContentCoding[] _order;
    private readonly ContentTypes _types;
    private readonly long _leastOctets;
    private readonly Levels[] _levels;
    private readonly byte[][] _sessionCookies;
    private readonly bool _isInflating;
    private readonly EncoderMemory _memory;
    private readonly int _slot;

    public CompressModule(
        ContentCoding[] order, ContentTypes types, Levels[] levels, byte[][] sessionCookies, CompressOptions options, int slot)
    {
        _order = order;
        _types = types;
        _leastOctets = options.MinSize.Octets;
        _levels = levels;
        _sessionCookies = sessionCookies;
        _isInflating = options.Inflate;
        _memory = new EncoderMemory(options.Memory.Octets);
        _slot = slot;
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        ResponseHead response = exchange.Response;
        HeaderFields fields = response.Fields;
        if (response.Status == 304 && EntityTags.HoldsWeakForm(exchange.Request.Fields, fields))
        {
            EntityTags.Weaken(fields);
            return default;
        }

        // RFC 9110 section 8.4: a coding is of the whole representation, never of a part. Section 5.2.2.6 of RFC 9111: no-transform.
        bool isHead = exchange.Request.Method == RequestMethod.Head;
        if (response.Status is < 200 or 204 or 205 or 206 or 304 || (response.BodyLength.IsNone && !isHead)
            || fields.Has(KnownField.ContentRange) || FieldLists.Has(fields, KnownField.CacheControl, "no-transform"u8))
        {
            return default;
        }

        if (fields.Has(KnownField.ContentEncoding))
        {
            Inflate(exchange, isHead);
            return default;
        }

        long octets = LengthOf(response, isHead);
        if (octets is < 0 || octets >= _leastOctets)
        {
            Compress(exchange, octets, isHead);
        }

        return default;
    }

    /// <inheritdoc/>
    public BodyFilter? OpenRequestFilter(Exchange exchange) => null;

    /// <inheritdoc/>
    public BodyFilter? OpenResponseFilter(Exchange exchange) => exchange.Slot(_slot) as BodyFilter;

    // -1 when nobody has announced it.
    private static long LengthOf(ResponseHead response, bool isHead)
    {
        if (!isHead)
        {
            return Math.Max(response.BodyLength.Octets, -1);
        }

        long length = -1;
        bool isTold = response.Fields.TryGet(KnownField.ContentLength, out ReadOnlySpan<byte> text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length);
        return isTold ? length : -1;
    }

    private void Compress(Exchange exchange, long octets, bool isHead)
    {
        HeaderFields fields = exchange.Response.Fields;
        if (!fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) || !_types.Has(type))
        {
            return;
        }

        // Another client would have got other octets: a cache above must know, also where this one gets them as they are.
        FieldLists.Add(fields, KnownField.Vary, "Accept-Encoding"u8);
        ContentCoding coding = AcceptEncoding.Of(exchange.Request.Fields).Choose(_order);
        if (coding == ContentCoding.Identity)
        {
            exchange.Trace?.Add(Name, "the client accepts no coding that is offered");
            return;
        }

        foreach (byte[] cookie in _sessionCookies)
        {
            if (CookieFields.TryFind(exchange.Request.Fields, cookie, out _))
            {
                exchange.Trace?.Add(Name, "not compressed: the request carries a cookie of not_with_cookie");
                return;
            }
        }

        int level = LevelFor(type, Math.Max(octets, 0), coding);
        bool isPaced = octets < 0 || Ascii.EqualsIgnoreCase(type[..Math.Min(type.Length, 17)], "text/event-stream"u8);
        if (!isHead && !Put(exchange, Compressor.TryMake(coding, level, isPaced, _memory)))
        {
            exchange.Trace?.Add(Name, "not compressed: the memory for encoders is spent");
            return;
        }

        exchange.Trace?.Add(
            Name, string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(ContentCodings.Name(coding))}, level {level}"));
        fields.Add(KnownField.ContentEncoding, ContentCodings.Name(coding));
        ForgetOctets(fields);
    }

    private int LevelFor(ReadOnlySpan<byte> type, long octets, ContentCoding coding)
    {
        foreach (Levels levels in _levels)
        {
            if (levels.Fits(type, octets))
            {
                return levels.Of(coding);
            }
        }

        return 1;
    }

    // Content in one known coding that the client cannot read: it gets it as it is, rather than nothing it can use.
    private void Inflate(Exchange exchange, bool isHead)
    {
        HeaderFields fields = exchange.Response.Fields;
        fields.TryGet(KnownField.ContentEncoding, out ReadOnlySpan<byte> name);
        if (!_isInflating || !ContentCodings.TryParse(name, out ContentCoding coding) || coding == ContentCoding.Identity
            || !NativeCodings.CanRead(coding))
        {
            return;
        }

        FieldLists.Add(fields, KnownField.Vary, "Accept-Encoding"u8);
        if (AcceptEncoding.Of(exchange.Request.Fields).Accepts(coding))
        {
            return;
        }

        if (!isHead)
        {
            Put(exchange, Decompressor.Make(coding, OriginContent.Bounds));
        }

        exchange.Trace?.Add(Name, "inflated: the client does not accept the origin's coding");
        fields.Remove(KnownField.ContentEncoding);
        ForgetOctets(fields);
    }

    // What speaks of the octets as they were (RFC 9110 section 8.8.1, RFC 9530 section 2).
    private static void ForgetOctets(HeaderFields fields)
    {
        CodedFields.Forget(fields);
        fields.Remove(KnownField.AcceptRanges);
        EntityTags.Weaken(fields);
    }

    private bool Put(Exchange exchange, BodyFilter? filter)
    {
        if (filter is null)
        {
            return false;
        }

        exchange.ReleaseAtEnd(filter);
        exchange.Slot(_slot) = filter;
        return true;
    }
}
