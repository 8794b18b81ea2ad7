// Hot: templates with {cookie.NAME} look here for each request.
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Templates;

/// <summary>Finds a cookie among the Cookie fields of a request (RFC 6265 section 5.4; HTTP/2 may split them over several).</summary>
internal static class CookieFields
{
    /// <summary>The value of the first cookie of that name, compared with case; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Find(HeaderFields fields, ReadOnlySpan<byte> name)
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
                    return pair[(name.Length + 1)..];
                }
            }
        }

        return default;
    }
}
