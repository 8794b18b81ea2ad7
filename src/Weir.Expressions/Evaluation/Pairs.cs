// Hot: asked for each request that an expression looks at.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Expressions.Evaluation;

/// <summary>Entries of cookies (RFC 6265 section 5.4) and of queries as HTML forms write them.</summary>
internal static class Pairs
{
    /// <summary>All values of a name, with ", " between them.</summary>
    public static ReadOnlySpan<byte> Find(Exchange exchange, MapSource source, ReadOnlySpan<byte> name, out bool isThere)
    {
        HeaderFields fields = exchange.Request.Fields;
        if (source == MapSource.Params)
        {
            // Decoded, no value is longer; three octets of each pair are its sign, its = and one of its name.
            ReadOnlySpan<byte> query = exchange.Request.Query;
            JoinedText values = new(query.IsEmpty ? default : Scratch.Take(query.Length * 2), ", "u8);
            AddParams(query, name, ref values);
            isThere = values.HasAny;
            return values.Text;
        }

        int octets = 0;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            octets += fields.ValueAt(slot).Length * 2;
        }

        JoinedText cookies = new(octets == 0 ? default : Scratch.Take(octets), ", "u8);
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            AddCookies(fields.ValueAt(slot), name, ref cookies);
        }

        isThere = cookies.HasAny;
        return cookies.Text;
    }

    /// <summary>The pairs that are not empty.</summary>
    public static int Count(Exchange exchange, MapSource source)
    {
        if (source == MapSource.Params)
        {
            return CountIn(exchange.Request.Query, (byte)'&');
        }

        int count = 0;
        HeaderFields fields = exchange.Request.Fields;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            count += CountIn(fields.ValueAt(slot), (byte)';');
        }

        return count;
    }

    private static void AddParams(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, ref JoinedText values)
    {
        while (!query.IsEmpty)
        {
            ReadOnlySpan<byte> pair = Cut(ref query, (byte)'&');
            int equals = pair.IndexOf((byte)'=');
            ReadOnlySpan<byte> written = equals < 0 ? pair : pair[..equals];
            if (!pair.IsEmpty && IsName(written, name))
            {
                values.AddDecoded(equals < 0 ? default : pair[(equals + 1)..]);
            }
        }
    }

    private static bool IsName(ReadOnlySpan<byte> written, ReadOnlySpan<byte> name)
    {
        while (!written.IsEmpty && !name.IsEmpty && QueryText.First(written, out int length) == name[0])
        {
            written = written[length..];
            name = name[1..];
        }

        return written.IsEmpty && name.IsEmpty;
    }

    private static void AddCookies(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name, ref JoinedText values)
    {
        while (!field.IsEmpty)
        {
            ReadOnlySpan<byte> pair = Cut(ref field, (byte)';').Trim(" \t"u8);
            if (pair.Length > name.Length && pair[name.Length] == (byte)'=' && pair.StartsWith(name))
            {
                values.Add(pair[(name.Length + 1)..]);
            }
        }
    }

    private static int CountIn(ReadOnlySpan<byte> list, byte sign)
    {
        int count = 0;
        while (!list.IsEmpty)
        {
            count += Cut(ref list, sign).Trim(" \t"u8).IsEmpty ? 0 : 1;
        }

        return count;
    }

    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest, byte sign)
    {
        int end = rest.IndexOf(sign);
        ReadOnlySpan<byte> first = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return first;
    }
}
