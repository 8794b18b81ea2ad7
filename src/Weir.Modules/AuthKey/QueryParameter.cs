// Hot: runs for each request with a query that passes such a module.
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthKey;

/// <summary>Takes a secret parameter out of a query: also out of the target as it was received, which the access log shows.</summary>
internal static class QueryParameter
{
    /// <summary>
    /// Writes the parameter's value, and removes every one of its name. Returns the length; -1: there is none, or more than one, or too
    /// much.
    /// </summary>
    public static int Take(RequestHead request, ReadOnlySpan<byte> name, Span<byte> value)
    {
        ReadOnlySpan<byte> query = request.Query;
        int found = 0;
        int length = -1;
        byte[]? kept = null;
        int keptLength = 0;
        for (int start = 0; start <= query.Length && !query.IsEmpty;)
        {
            int end = query[start..].IndexOf((byte)'&');
            end = end < 0 ? query.Length : start + end;
            ReadOnlySpan<byte> pair = query[start..end];
            if (IsNamed(pair, name))
            {
                found++;
                length = Decode(pair[Math.Min(pair.Length, name.Length + 1)..], value);
                kept ??= Before(query, start, out keptLength);
            }
            else if (kept is not null)
            {
                Append(kept, ref keptLength, pair);
            }

            start = end + 1;
        }

        if (kept is null)
        {
            return -1;
        }

        Replace(request, kept.AsSpan(0, keptLength));
        return found == 1 ? length : -1;
    }

    private static bool IsNamed(ReadOnlySpan<byte> pair, ReadOnlySpan<byte> name) =>
        pair.StartsWith(name) && (pair.Length == name.Length || pair[name.Length] == (byte)'=');

    private static byte[] Before(ReadOnlySpan<byte> query, int start, out int length)
    {
        byte[] kept = new byte[query.Length];
        length = Math.Max(start - 1, 0);
        query[..length].CopyTo(kept);
        return kept;
    }

    private static void Append(byte[] kept, ref int length, ReadOnlySpan<byte> pair)
    {
        if (length > 0)
        {
            kept[length++] = (byte)'&';
        }

        pair.CopyTo(kept.AsSpan(length));
        length += pair.Length;
    }

    private static void Replace(RequestHead request, ReadOnlySpan<byte> query)
    {
        ReadOnlySpan<byte> target = request.Target;
        int mark = target.IndexOf((byte)'?');
        if (mark >= 0)
        {
            byte[] whole = [.. target[..mark], .. query.IsEmpty ? ""u8 : "?"u8, .. query];
            request.SetTarget(request.Fields.Store(whole));
        }

        request.ReplaceQuery(query, !query.IsEmpty);
    }

    // RFC 3986 section 2.1; "+" is itself.
    private static int Decode(ReadOnlySpan<byte> text, Span<byte> value)
    {
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (written == value.Length)
            {
                return -1;
            }

            if (text[i] != (byte)'%')
            {
                value[written++] = text[i];
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
            {
                return -1;
            }

            value[written++] = Convert.FromHexString([(char)text[i + 1], (char)text[i + 2]])[0];
            i += 2;
        }

        return written;
    }
}
