using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>Which fields of a response are stored (RFC 9111 section 3.1).</summary>
public static class StoredFields
{
    private static readonly ulong _ofOneHop = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.KeepAlive)
        | HeaderFields.Mask(KnownField.ProxyConnection) | HeaderFields.Mask(KnownField.ProxyAuthenticate)
        | HeaderFields.Mask(KnownField.ProxyAuthenticationInfo) | HeaderFields.Mask(KnownField.ProxyAuthorization)
        | HeaderFields.Mask(KnownField.Te) | HeaderFields.Mask(KnownField.TransferEncoding) | HeaderFields.Mask(KnownField.Upgrade);

    /// <summary>Removes what must not be stored: fields of one hop, and those that no-cache or private name.</summary>
    public static void Strip(HeaderFields fields, in ResponseCacheControl control, CachePolicy policy)
    {
        fields.RemoveAll(_ofOneHop);
        if (policy.SetCookie == SetCookieRule.Strip)
        {
            fields.Remove(KnownField.SetCookie);
        }

        if (!control.Has(ResponseDirectives.HasFieldNames))
        {
            return;
        }

        // Names lie in a copy: removing does not move values, but adding by another rule could.
        foreach (byte[] name in NamedFields(fields, policy.Targeted))
        {
            if (KnownFields.Find(name) is not (KnownField.CacheControl or KnownField.Date))
            {
                fields.Remove(name);
            }
        }
    }

    /// <summary>
    /// Whether no-cache or private names the field: such a Set-Cookie is no reason not to store the rest.
    /// </summary>
    public static bool IsNamed(HeaderFields fields, ReadOnlySpan<byte> field, CachePolicy policy)
    {
        foreach (byte[] name in NamedFields(fields, policy.Targeted))
        {
            if (Ascii.EqualsIgnoreCase(name, field))
            {
                return true;
            }
        }

        return false;
    }

    private static List<byte[]> NamedFields(HeaderFields fields, TargetedFields targeted)
    {
        List<byte[]> names = [];
        if (targeted.Find(fields) is { } dictionary)
        {
            foreach ((string directive, StructuredMember member) in dictionary.Entries)
            {
                if (directive is "no-cache" or "private" && !member.IsInnerList)
                {
                    AddNames(member.Value.Octets, names);
                }
            }

            return names;
        }

        for (int slot = fields.Find(KnownField.CacheControl); slot >= 0; slot = fields.Find(KnownField.CacheControl, slot + 1))
        {
            foreach (DirectiveList directive in new DirectiveList(fields.ValueAt(slot)))
            {
                if (directive.HasArgument && (directive.Is("no-cache"u8) || directive.Is("private"u8)))
                {
                    AddNames(directive.Argument, names);
                }
            }
        }

        return names;
    }

    private static void AddNames(ReadOnlySpan<byte> list, List<byte[]> names)
    {
        foreach (ReadOnlySpan<byte> name in new ListField(list))
        {
            if (FieldSyntax.IsToken(name))
            {
                names.Add(name.ToArray());
            }
        }
    }
}
