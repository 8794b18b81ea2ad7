// Hot: one key for each request that a cache looks at.
using System.Buffers.Text;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Keys;

/// <summary>
/// Writes the key of a request: scope, scheme, authority, path and query, then chosen fields and cookies. Parts are divided by line feeds,
/// which none of them can hold, so no two different requests have one key.
/// </summary>
public static class KeyWriter
{
    /// <summary>Octets of a key; a request with a longer one is not cached.</summary>
    public const int MostOctets = 4096;

    /// <summary>Parameters that are sorted; with more the order counts.</summary>
    public const int MostSorted = 64;

    /// <summary>Writes a key as the cache module sees the request: after what the modules above it changed.</summary>
    /// <param name="rules">What counts.</param>
    /// <param name="request">The request.</param>
    /// <param name="target">At least <see cref="MostOctets"/>.</param>
    /// <returns>Octets written, or -1: the key would be too long.</returns>
    public static int Write(KeyRules rules, RequestHead request, Span<byte> target) =>
        Write(rules, request, request.Path, request.Query, request.HasQuery, target);

    /// <summary>The same for another path and query of the same origin: what a Location names.</summary>
    public static int Write(
        KeyRules rules, RequestHead request, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery, Span<byte> target)
    {
        int port = request.Port == (request.IsHttps ? 443 : 80) ? 0 : request.Port;
        int fixedOctets = rules.Scope.Length + request.Host.Length + path.Length + query.Length + 32;
        if (fixedOctets > MostOctets)
        {
            return -1;
        }

        int at = Append(rules.Scope, target, 0);
        at = Append(request.IsHttps ? "\nhttps\n"u8 : "\nhttp\n"u8, target, at);
        at = Append(request.Host, target, at);
        if (port != 0)
        {
            target[at++] = (byte)':';
            Utf8Formatter.TryFormat(port, target[at..], out int digits);
            at += digits;
        }

        target[at++] = (byte)'\n';
        at += WriteTarget(rules, path, query, hasQuery, target[at..]);
        return rules.Headers.Count + rules.Cookies.Count == 0 ? at : WriteExtras(rules, request.Fields, target, at);
    }

    /// <summary>Writes path and query as they stand in a key.</summary>
    public static int WriteTarget(KeyRules rules, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query, bool hasQuery, Span<byte> target)
    {
        int at = Append(path, target, 0);
        return hasQuery && rules.Query != QueryRule.None ? WriteQuery(rules, query, target, at) : at;
    }

    private static int WriteQuery(KeyRules rules, ReadOnlySpan<byte> query, Span<byte> target, int at)
    {
        if (rules is { Query: QueryRule.All, SortsQuery: false })
        {
            target[at++] = (byte)'?';
            return Append(query, target, at);
        }

        Span<Range> places = stackalloc Range[MostSorted];
        int count = 0;
        bool sorts = rules.SortsQuery && query.Count((byte)'&') < MostSorted;
        byte divider = (byte)'?';
        for (int start = 0; start <= query.Length;)
        {
            int step = query[start..].IndexOf((byte)'&');
            int end = step < 0 ? query.Length : start + step;
            ReadOnlySpan<byte> parameter = query[start..end];
            if (IsKept(rules, parameter))
            {
                if (sorts)
                {
                    Insert(query, places, ref count, new Range(start, end));
                }
                else
                {
                    target[at++] = divider;
                    at = Append(parameter, target, at);
                    divider = (byte)'&';
                }
            }

            start = end + 1;
        }

        foreach (Range place in places[..count])
        {
            target[at++] = divider;
            at = Append(query[place], target, at);
            divider = (byte)'&';
        }

        return at;
    }

    private static bool IsKept(KeyRules rules, ReadOnlySpan<byte> parameter)
    {
        if (rules.Query == QueryRule.All)
        {
            return true;
        }

        int equals = parameter.IndexOf((byte)'=');
        bool isNamed = rules.Parameters.Contains(equals < 0 ? parameter : parameter[..equals]);
        return isNamed == (rules.Query == QueryRule.Keep);
    }

    // By name alone, and otherwise as they came: origins give the order of equal names a meaning.
    private static void Insert(ReadOnlySpan<byte> query, Span<Range> places, ref int count, Range place)
    {
        int at = count;
        while (at > 0 && NameOf(query[places[at - 1]]).SequenceCompareTo(NameOf(query[place])) > 0)
        {
            at--;
        }

        places[at..count].CopyTo(places[(at + 1)..]);
        places[at] = place;
        count++;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> parameter)
    {
        int equals = parameter.IndexOf((byte)'=');
        return equals < 0 ? parameter : parameter[..equals];
    }

    private static int WriteExtras(KeyRules rules, HeaderFields fields, Span<byte> target, int at)
    {
        for (int i = 0; i < rules.Headers.Count; i++)
        {
            if (at >= MostOctets - 1)
            {
                return -1;
            }

            target[at++] = (byte)'\n';
            for (int slot = fields.Find(rules.Headers[i]); slot >= 0; slot = fields.Find(rules.Headers[i], slot + 1))
            {
                ReadOnlySpan<byte> value = fields.ValueAt(slot);
                if (at + value.Length + 2 > MostOctets)
                {
                    return -1;
                }

                // A field that is not there is another one than an empty one.
                target[at++] = (byte)',';
                at = Append(value, target, at);
            }
        }

        for (int i = 0; i < rules.Cookies.Count; i++)
        {
            bool isThere = CookieFields.TryFind(fields, rules.Cookies[i], out ReadOnlySpan<byte> value);
            if (at + value.Length + 2 > MostOctets)
            {
                return -1;
            }

            target[at++] = (byte)'\n';
            if (isThere)
            {
                target[at++] = (byte)'=';
            }

            at = Append(value, target, at);
        }

        return at;
    }

    private static int Append(ReadOnlySpan<byte> octets, Span<byte> target, int at)
    {
        octets.CopyTo(target[at..]);
        return at + octets.Length;
    }
}
