// Hot: templates, routes and stickiness look here for each request that they ask.
namespace Weir.Abstractions.Heads;

/// <summary>Finds a cookie among the Cookie fields of a request (RFC 6265 section 5.4; HTTP/2 may split them over several).</summary>
public static class CookieFields
{
    /// <summary>The value of the first cookie of that name, compared with case; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(HeaderFields fields, ReadOnlySpan<byte> name)
    {
        TryFind(fields, name, out ReadOnlySpan<byte> value);
        return value;
    }

    /// <summary>Finds the first cookie of that name, compared with case. Its value is as sent: quotes are part of it.</summary>
    public static bool TryFind(HeaderFields fields, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            ReadOnlySpan<byte> rest = fields.ValueAt(slot);
            while (!rest.IsEmpty)
            {
                int end = rest.IndexOf((byte)';');
                ReadOnlySpan<byte> pair = (end < 0 ? rest : rest[..end]).Trim(" \t"u8);
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length > name.Length && pair[name.Length] == (byte)'=' && pair.StartsWith(name))
                {
                    value = pair[(name.Length + 1)..];
                    return true;
                }
            }
        }

        value = default;
        return false;
    }
}
