// Hot: conditional requests are answered here.
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>Conditional requests that a cache may answer by itself (RFC 9111 section 4.3.2).</summary>
public static class Preconditions
{
    /// <summary>The fields that make a request conditional and are a cache's to evaluate.</summary>
    public static readonly ulong OfCaches = HeaderFields.Mask(KnownField.IfNoneMatch) | HeaderFields.Mask(KnownField.IfModifiedSince);

    /// <summary>Those that only an origin may evaluate: such a request is no cache's to answer.</summary>
    public static readonly ulong OfOrigins = HeaderFields.Mask(KnownField.IfMatch) | HeaderFields.Mask(KnownField.IfUnmodifiedSince);

    /// <summary>Whether the client has the stored response already, so that it gets a 304. For stored 200s.</summary>
    /// <param name="request">The request's fields.</param>
    /// <param name="tag">The stored entity tag; empty: none.</param>
    /// <param name="modifiedSeconds">Last-Modified, else Date, else when it was received, in seconds since 1970.</param>
    /// <param name="nowSeconds">The time.</param>
    public static bool IsNotModified(HeaderFields request, ReadOnlySpan<byte> tag, long modifiedSeconds, long nowSeconds)
    {
        // RFC 9110 section 13.2.2: If-None-Match beats If-Modified-Since.
        int slot = request.Find(KnownField.IfNoneMatch);
        if (slot >= 0)
        {
            for (; slot >= 0; slot = request.Find(KnownField.IfNoneMatch, slot + 1))
            {
                if (EntityTag.IsListed(request.ValueAt(slot), tag))
                {
                    return true;
                }
            }

            return false;
        }

        return Dates.Read(request, KnownField.IfModifiedSince, nowSeconds, out long since) && modifiedSeconds <= since;
    }

    /// <summary>
    /// Makes a request that asks whether a stored response is still good: the client's own conditions go, the stored validators come
    /// (RFC 9111 section 4.3.1). False: there is no validator, and the request asks for all of it.
    /// </summary>
    public static bool Set(HeaderFields request, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> lastModified)
    {
        request.RemoveAll(OfCaches | OfOrigins | HeaderFields.Mask(KnownField.IfRange) | HeaderFields.Mask(KnownField.Range));
        if (!tag.IsEmpty)
        {
            request.Add(KnownField.IfNoneMatch, tag);
        }

        if (!lastModified.IsEmpty)
        {
            request.Add(KnownField.IfModifiedSince, lastModified);
        }

        return !tag.IsEmpty || !lastModified.IsEmpty;
    }

    /// <summary>RFC 9110 section 13.1.5: whether the Range of a request counts for this response.</summary>
    /// <param name="request">The request's fields.</param>
    /// <param name="tag">The stored entity tag; empty: none.</param>
    /// <param name="lastModified">The stored Last-Modified as written; empty: none.</param>
    /// <param name="dateSeconds">The stored Date, in seconds since 1970.</param>
    public static bool IsRangeFor(HeaderFields request, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> lastModified, long dateSeconds)
    {
        if (!request.TryGet(KnownField.IfRange, out ReadOnlySpan<byte> value))
        {
            return true;
        }

        if (value.StartsWith("\""u8) || EntityTag.IsWeak(value))
        {
            return EntityTag.EqualsStrongly(value, tag);
        }

        // RFC 9110 section 8.8.2.2: a date is strong when it lies a second before the response was made.
        return value.SequenceEqual(lastModified) && HttpDate.TryParse(value, dateSeconds, out long modified) && modified < dateSeconds;
    }
}
