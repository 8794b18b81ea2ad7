using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Http.Semantics;

/// <summary>Which fields may come behind the content (RFC 9110 section 6.5).</summary>
public static class Trailers
{
    private static readonly ulong _forbiddenMask = Mask(
        KnownField.Host, KnownField.Connection, KnownField.ContentLength, KnownField.TransferEncoding, KnownField.Te, KnownField.Trailer,
        KnownField.Upgrade, KnownField.KeepAlive, KnownField.ProxyConnection, KnownField.ProxyAuthenticate, KnownField.ProxyAuthorization,
        KnownField.ProxyAuthenticationInfo, KnownField.Http2Settings, KnownField.Expect, KnownField.Date, KnownField.Via,
        KnownField.Forwarded, KnownField.XForwardedFor, KnownField.XForwardedHost, KnownField.XForwardedProto, KnownField.XForwardedPort,
        KnownField.XRequestId, KnownField.MaxForwards, KnownField.CdnLoop, KnownField.ContentType, KnownField.ContentEncoding,
        KnownField.ContentRange, KnownField.ContentLocation, KnownField.Location, KnownField.Refresh, KnownField.SetCookie,
        KnownField.Cookie, KnownField.Authorization, KnownField.CacheControl, KnownField.Expires, KnownField.Age, KnownField.Pragma,
        KnownField.LastModified, KnownField.IfMatch, KnownField.IfNoneMatch, KnownField.IfModifiedSince, KnownField.IfUnmodifiedSince,
        KnownField.IfRange, KnownField.Range, KnownField.AcceptRanges, KnownField.Vary, KnownField.Accept, KnownField.AcceptEncoding,
        KnownField.UserAgent, KnownField.Referer, KnownField.Origin, KnownField.AltSvc, KnownField.RetryAfter, KnownField.SecWebSocketKey,
        KnownField.SecWebSocketAccept, KnownField.ClientCert, KnownField.ClientCertChain, KnownField.EarlyData);

    /// <summary>
    /// Whether a field is dropped from a trailer section: it belongs to framing, routing, authentication, caching or content, or
    /// changes how the request is treated. Whoever merged trailers into headers would be deceived by it.
    /// </summary>
    public static bool IsForbidden(KnownField field, ReadOnlySpan<byte> name)
    {
        if (field != KnownField.Other)
        {
            return (_forbiddenMask & HeaderFields.Mask(field)) != 0;
        }

        return StartsWith(name, "content-"u8) && !Ascii.EqualsIgnoreCase(name, "content-digest"u8)
            || StartsWith(name, "access-control-"u8)
            || StartsWith(name, "x-forwarded-"u8)
            || StartsWith(name, "proxy-"u8)
            || StartsWith(name, "sec-"u8)
            || StartsWith(name, "accept-"u8)
            || StartsWith(name, "if-"u8)
            || StartsWith(name, "x-weir-"u8)
            || StartsWith(name, "weir-"u8)
            || IsOneOf(name)
            || IsOfClient(name);
    }

    /// <summary>Whether the TE fields hold the member "trailers" (RFC 9110 section 10.1.4).</summary>
    public static bool AreAccepted(HeaderFields fields)
    {
        for (int slot = fields.Find(KnownField.Te); slot >= 0; slot = fields.Find(KnownField.Te, slot + 1))
        {
            foreach (ReadOnlySpan<byte> member in new ListField(fields.ValueAt(slot)))
            {
                if (Ascii.EqualsIgnoreCase(member, "trailers"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerPrefix) =>
        name.Length > lowerPrefix.Length && Ascii.EqualsIgnoreCase(name[..lowerPrefix.Length], lowerPrefix);

    private static bool IsOneOf(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "www-authenticate"u8)
        || Ascii.EqualsIgnoreCase(name, "authentication-info"u8)
        || Ascii.EqualsIgnoreCase(name, "authentication-control"u8)
        || Ascii.EqualsIgnoreCase(name, "strict-transport-security"u8)
        || Ascii.EqualsIgnoreCase(name, "clear-site-data"u8)
        || Ascii.EqualsIgnoreCase(name, "warning"u8)
        || Ascii.EqualsIgnoreCase(name, "set-cookie2"u8)
        || Ascii.EqualsIgnoreCase(name, "traceparent"u8)
        || Ascii.EqualsIgnoreCase(name, "tracestate"u8)
        || Ascii.EqualsIgnoreCase(name, "prefer"u8)
        || Ascii.EqualsIgnoreCase(name, "priority"u8)
        || Ascii.EqualsIgnoreCase(name, "x-http-method-override"u8)
        || Ascii.EqualsIgnoreCase(name, "x-original-url"u8)
        || Ascii.EqualsIgnoreCase(name, "x-rewrite-url"u8)
        || Ascii.EqualsIgnoreCase(name, "cdn-cache-control"u8)
        || Ascii.EqualsIgnoreCase(name, "surrogate-control"u8);

    // Names by which gateways tell who the client is and what it asked for, and by which some applications let it say so.
    private static bool IsOfClient(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "x-real-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "x-client-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "x-cluster-client-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "client-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "true-client-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "cf-connecting-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "fastly-client-ip"u8)
        || Ascii.EqualsIgnoreCase(name, "x-host"u8)
        || Ascii.EqualsIgnoreCase(name, "x-original-host"u8)
        || Ascii.EqualsIgnoreCase(name, "x-http-method"u8)
        || Ascii.EqualsIgnoreCase(name, "x-method-override"u8);

    private static ulong Mask(params ReadOnlySpan<KnownField> fields)
    {
        ulong mask = 0;
        foreach (KnownField field in fields)
        {
            mask |= HeaderFields.Mask(field);
        }

        return mask;
    }
}
