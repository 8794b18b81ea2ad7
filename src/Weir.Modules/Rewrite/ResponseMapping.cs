// Hot: runs for each response that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Rewrite;

/// <summary>Maps what in a response's head speaks of the origin's URLs.</summary>
internal sealed class ResponseMapping
{
    private static readonly ulong _urlFields =
        HeaderFields.Mask(KnownField.Location) | HeaderFields.Mask(KnownField.ContentLocation) | HeaderFields.Mask(KnownField.Refresh);

    private readonly UrlMapping _urls;
    private readonly CookieMapping _cookies;

    public ResponseMapping(UrlMapping urls, CookieMapping cookies)
    {
        _urls = urls;
        _cookies = cookies;
    }

    /// <summary>Whether it maps nothing.</summary>
    public bool IsEmpty => _urls.IsEmpty && _cookies.IsEmpty;

    /// <summary>Maps all fields of the response.</summary>
    public void Apply(Exchange exchange, bool wasStripped)
    {
        HeaderFields fields = exchange.Response.Fields;
        if (!_urls.IsEmpty && fields.HasAny(_urlFields))
        {
            MapUrl(exchange, KnownField.Location, wasStripped);
            MapUrl(exchange, KnownField.ContentLocation, wasStripped);
            MapRefresh(exchange, wasStripped);
        }

        if (!_cookies.IsEmpty && fields.Has(KnownField.SetCookie))
        {
            _cookies.Apply(fields, wasStripped);
        }
    }

    private void MapUrl(Exchange exchange, KnownField field, bool wasStripped)
    {
        HeaderFields fields = exchange.Response.Fields;
        int slot = fields.Find(field);
        if (slot >= 0 && _urls.TryMap(exchange, wasStripped, fields.ValueAt(slot), out ByteSlice mapped))
        {
            fields.RemoveAt(slot);
            fields.AddStored(field, mapped);
        }
    }

    // Refresh has no standard of its own but HTML's: "5; url=/x", the URL perhaps in quotes.
    private void MapRefresh(Exchange exchange, bool wasStripped)
    {
        HeaderFields fields = exchange.Response.Fields;
        int slot = fields.Find(KnownField.Refresh);
        if (slot < 0 || !TryFindUrl(fields.ValueAt(slot), out int start, out int length))
        {
            return;
        }

        ReadOnlySpan<byte> value = fields.ValueAt(slot);
        if (!_urls.TryMap(exchange, wasStripped, value.Slice(start, length), out ByteSlice url))
        {
            return;
        }

        int begin = fields.Store(value[..start]).Offset;
        fields.Store(fields.Slice(url));
        fields.Store(value[(start + length)..]);
        fields.RemoveAt(slot);
        fields.AddStored(KnownField.Refresh, new ByteSlice(begin, fields.Commit(0).Offset - begin));
    }

    private static bool TryFindUrl(ReadOnlySpan<byte> value, out int start, out int length)
    {
        length = 0;
        start = value.IndexOfAny((byte)';', (byte)',') + 1;
        if (start == 0)
        {
            return false;
        }

        start += CountSpaces(value[start..]);
        if (value.Length - start >= 3 && Ascii.EqualsIgnoreCase(value.Slice(start, 3), "url"u8))
        {
            int equals = start + 3 + CountSpaces(value[(start + 3)..]);
            if (equals < value.Length && value[equals] == (byte)'=')
            {
                start = equals + 1 + CountSpaces(value[(equals + 1)..]);
            }
        }

        if (start < value.Length && value[start] is (byte)'"' or (byte)'\'')
        {
            byte quote = value[start++];
            int end = value[start..].IndexOf(quote);
            length = end < 0 ? value.Length - start : end;
            return true;
        }

        length = value.Length - start;
        return length > 0;
    }

    private static int CountSpaces(ReadOnlySpan<byte> text) => text.Length - text.TrimStart(" \t"u8).Length;
}
