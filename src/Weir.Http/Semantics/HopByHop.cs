// Hot: runs for every exchange.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Http.Semantics;

/// <summary>
/// Removes what concerns one connection only (RFC 9110 section 7.6.1): the fields that Connection nominates and those that always
/// do. A nomination of a field that Weir or the origin relies on is ignored: to obey it would let a client take away what
/// identifies or protects the request, and to refuse the request would break clients that are merely careless. Nobody behind
/// Weir sees the nomination, because Connection itself is removed.
/// </summary>
public static class HopByHop
{
    private static readonly ulong _alwaysMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.ProxyConnection) | HeaderFields.Mask(KnownField.Te) | HeaderFields.Mask(KnownField.TransferEncoding)
        | HeaderFields.Mask(KnownField.ProxyAuthenticate) | HeaderFields.Mask(KnownField.ProxyAuthorization)
        | HeaderFields.Mask(KnownField.ProxyAuthenticationInfo) | HeaderFields.Mask(KnownField.Http2Settings);

    private static readonly ulong _requestMask = _alwaysMask | HeaderFields.Mask(KnownField.Upgrade);

    // RFC 7838: an alternative for the origin's own name would lead clients past this proxy.
    private static readonly ulong _responseMask = _requestMask | HeaderFields.Mask(KnownField.AltSvc);

    /// <summary>
    /// Removes what a request's Connection nominates, and Connection itself: before any module runs, because what modules set is not the
    /// client's to take away.
    /// </summary>
    public static void DropNominated(HeaderFields fields)
    {
        if (fields.Has(KnownField.Connection))
        {
            RemoveNominated(fields);
            fields.Remove(KnownField.Connection);
        }
    }

    /// <summary>
    /// The names that Connection nominates and that are obeyed, for content behind which the same fields may come (RFC 9110 section
    /// 7.6.1). Null: none, as nearly always. To be asked before Connection is removed.
    /// </summary>
    public static byte[][]? NominatedNames(HeaderFields fields)
    {
        List<byte[]>? names = null;
        for (int slot = fields.Find(KnownField.Connection); slot >= 0; slot = fields.Find(KnownField.Connection, slot + 1))
        {
            foreach (ReadOnlySpan<byte> name in new ListField(fields.ValueAt(slot)))
            {
                if (IsObeyed(name) && !Ascii.EqualsIgnoreCase(name, "close"u8))
                {
                    (names ??= []).Add(name.ToArray());
                }
            }
        }

        return names?.ToArray();
    }

    /// <summary>Strips a request of the fields that always concern one connection; what Connection nominated is gone by then.</summary>
    /// <param name="fields">The request's fields, after the parser has read Connection, TE and Upgrade.</param>
    /// <param name="keepUpgrade">Whether Upgrade stays, because the protocol switch is going to be passed on.</param>
    public static void StripRequest(HeaderFields fields, bool keepUpgrade = false) => Strip(fields, _requestMask, keepUpgrade);

    /// <summary>Strips a response; Alt-Svc goes too.</summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="keepUpgrade">Whether Upgrade stays: in a 101 that is passed on, and in a 426.</param>
    public static void StripResponse(HeaderFields fields, bool keepUpgrade = false)
    {
        if (!fields.HasAny(_responseMask))
        {
            return;
        }

        if (fields.Has(KnownField.Connection))
        {
            RemoveNominated(fields);
        }

        Strip(fields, _responseMask, keepUpgrade);
    }

    private static void Strip(HeaderFields fields, ulong mask, bool keepUpgrade)
    {
        if (fields.HasAny(mask))
        {
            fields.RemoveAll(keepUpgrade ? mask & ~HeaderFields.Mask(KnownField.Upgrade) : mask);
        }
    }

    private static void RemoveNominated(HeaderFields fields)
    {
        for (int slot = fields.Find(KnownField.Connection); slot >= 0; slot = fields.Find(KnownField.Connection, slot + 1))
        {
            foreach (ReadOnlySpan<byte> name in new ListField(fields.ValueAt(slot)))
            {
                if (IsObeyed(name))
                {
                    fields.Remove(name);
                }
            }
        }
    }

    // Known names are removed by mask or not at all.
    private static bool IsObeyed(ReadOnlySpan<byte> name) => KnownFields.Find(name) == KnownField.Other && !IsReliedOn(name);

    private static bool IsReliedOn(ReadOnlySpan<byte> name) =>
        StartsWith(name, "content-"u8) || StartsWith(name, "x-forwarded-"u8) || StartsWith(name, "sec-"u8)
        || StartsWith(name, "access-control-"u8) || StartsWith(name, "x-weir-"u8) || StartsWith(name, "weir-"u8)
        || Ascii.EqualsIgnoreCase(name, "x-real-ip"u8) || Ascii.EqualsIgnoreCase(name, "traceparent"u8)
        || Ascii.EqualsIgnoreCase(name, "tracestate"u8) || Ascii.EqualsIgnoreCase(name, "www-authenticate"u8);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerPrefix) =>
        name.Length > lowerPrefix.Length && Ascii.EqualsIgnoreCase(name[..lowerPrefix.Length], lowerPrefix);
}
