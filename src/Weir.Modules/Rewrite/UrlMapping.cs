// Hot: runs for each response with Location, Content-Location or Refresh.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Rewrite;

/// <summary>
/// Turns URLs as the origin writes them into URLs as the client may use them: by explicit pairs, else by undoing the prefixes.
/// </summary>
internal sealed class UrlMapping
{
    private readonly LocationPair[] _pairs;
    private readonly PathPrefix _strip;
    private readonly PathPrefix _add;

    public UrlMapping(LocationPair[] pairs, PathPrefix strip, PathPrefix add)
    {
        _pairs = pairs;
        _strip = strip;
        _add = add;
    }

    /// <summary>Whether it maps nothing.</summary>
    public bool IsEmpty => _pairs.Length == 0 && _strip.IsEmpty && _add.IsEmpty;

    /// <summary>Writes the mapped URL into the response's arena; false when no rule concerns it.</summary>
    public bool TryMap(Exchange exchange, bool wasStripped, ReadOnlySpan<byte> url, out ByteSlice mapped)
    {
        foreach (LocationPair pair in _pairs)
        {
            if (pair.IsBeginningOf(url))
            {
                return TryReplace(exchange, pair, url[pair.Length..], out mapped);
            }
        }

        return TryUndo(exchange, wasStripped, url, out mapped);
    }

    private static bool TryReplace(Exchange exchange, LocationPair pair, ReadOnlySpan<byte> rest, out ByteSlice mapped)
    {
        HeaderFields fields = exchange.Response.Fields;
        if (!pair.To.TryStore(exchange, fields, out mapped))
        {
            return false;
        }

        mapped = OneSlashed(fields, new ByteSlice(mapped.Offset, mapped.Length + fields.Store(rest).Length));
        return true;
    }

    private bool TryUndo(Exchange exchange, bool wasStripped, ReadOnlySpan<byte> url, out ByteSlice mapped)
    {
        mapped = default;
        ReadOnlySpan<byte> front = wasStripped ? _strip.Octets : default;
        bool isUndoing = !_add.IsEmpty || !front.IsEmpty;
        if (!isUndoing || !TrySplit(exchange.Request, url, out ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> path))
        {
            return false;
        }

        if (!_add.IsEmpty)
        {
            if (!_add.IsPrefixOf(path))
            {
                return false;
            }

            path = path[_add.Length..];
        }

        HeaderFields fields = exchange.Response.Fields;
        int start = fields.Store(authority).Offset;
        fields.Store(front.IsEmpty && !path.StartsWith("/"u8) ? "/"u8 : front);
        fields.Store(path);
        mapped = OneSlashed(fields, new ByteSlice(start, fields.Commit(0).Offset - start));
        return true;
    }

    // A URL of another host is not ours to change. One with the host that only the origin was told becomes a path, because the client
    // cannot reach that host.
    private static bool TrySplit(RequestHead request, ReadOnlySpan<byte> url, out ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> path)
    {
        authority = default;
        path = url;
        if (url.StartsWith("/"u8))
        {
            return !url.StartsWith("//"u8);
        }

        int colon = url.IndexOf("://"u8);
        if (colon < 0 || !(Ascii.EqualsIgnoreCase(url[..colon], "http"u8) || Ascii.EqualsIgnoreCase(url[..colon], "https"u8)))
        {
            return false;
        }

        int host = colon + 3;
        int slash = url[host..].IndexOf((byte)'/');
        if (slash < 0)
        {
            return false;
        }

        path = url[(host + slash)..];
        ReadOnlySpan<byte> named = url.Slice(host, slash);
        if (Ascii.EqualsIgnoreCase(named, request.Authority))
        {
            authority = url[..(host + slash)];
            return true;
        }

        return Ascii.EqualsIgnoreCase(named, request.OriginAuthority);
    }

    // RFC 3986 section 4.2: what is left of a path must not become another host.
    private static ByteSlice OneSlashed(HeaderFields fields, ByteSlice url)
    {
        while (fields.Slice(url).StartsWith("//"u8))
        {
            url = new ByteSlice(url.Offset + 1, url.Length - 1);
        }

        return url;
    }
}
