// Hot: runs for each response with Set-Cookie.
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Rewrite;

/// <summary>Turns domains and paths of cookies as the origin writes them into those that the client's URLs have.</summary>
internal sealed class CookieMapping
{
    private readonly CookieDomainPair[] _domains;
    private readonly CookiePathPair[] _paths;
    private readonly PathPrefix _strip;
    private readonly PathPrefix _add;

    public CookieMapping(CookieDomainPair[] domains, CookiePathPair[] paths, PathPrefix strip, PathPrefix add)
    {
        _domains = domains;
        _paths = paths;
        _strip = strip;
        _add = add;
    }

    /// <summary>Whether it maps nothing.</summary>
    public bool IsEmpty => _domains.Length == 0 && _paths.Length == 0 && _strip.IsEmpty && _add.IsEmpty;

    /// <summary>Maps every Set-Cookie field. From the first change on all are written anew, so that their order stays.</summary>
    public void Apply(HeaderFields fields, bool wasStripped)
    {
        int bound = fields.SlotCount;
        bool isChanged = false;
        for (int slot = fields.Find(KnownField.SetCookie); slot >= 0 && slot < bound; slot = fields.Find(KnownField.SetCookie, slot + 1))
        {
            bool isMapped = TryMap(fields, fields.ValueAt(slot), wasStripped, out ByteSlice mapped);
            isChanged |= isMapped;
            if (!isChanged)
            {
                continue;
            }

            ByteSlice value = isMapped ? mapped : fields.Store(fields.ValueAt(slot));
            fields.RemoveAt(slot);
            fields.AddStored(KnownField.SetCookie, value);
        }
    }

    private bool TryMap(HeaderFields fields, ReadOnlySpan<byte> cookie, bool wasStripped, out ByteSlice mapped)
    {
        mapped = default;

        // RFC 6265bis section 4.1.3: browsers refuse a __Host- cookie that has a domain, or another path than "/".
        if (cookie.Length > 7 && Ascii.EqualsIgnoreCase(cookie[..7], "__Host-"u8))
        {
            return false;
        }

        int start = fields.Commit(0).Offset;
        int copied = 0;
        for (int mark = cookie.IndexOf((byte)';'); mark >= 0;)
        {
            int length = cookie[(mark + 1)..].IndexOf((byte)';');
            int end = length < 0 ? cookie.Length : mark + 1 + length;
            if (TryMapAttribute(fields, cookie[copied..mark], cookie[(mark + 1)..end], wasStripped))
            {
                copied = end;
            }

            mark = length < 0 ? -1 : end;
        }

        if (copied == 0)
        {
            return false;
        }

        fields.Store(cookie[copied..]);
        mapped = new ByteSlice(start, fields.Commit(0).Offset - start);
        return true;
    }

    // Writes what stands in front of the attribute and what stands for it, or nothing at all.
    private bool TryMapAttribute(HeaderFields fields, ReadOnlySpan<byte> front, ReadOnlySpan<byte> attribute, bool wasStripped)
    {
        int equals = attribute.IndexOf((byte)'=');
        if (equals < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = attribute[..equals].Trim(" \t"u8);
        ReadOnlySpan<byte> value = attribute[(equals + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(name, "Domain"u8) && FindDomain(value) is { } domain)
        {
            fields.Store(front);
            fields.Store(domain.Attribute.Length == 0 ? default : ";"u8);
            fields.Store(domain.Attribute);
            return true;
        }

        bool isPath = Ascii.EqualsIgnoreCase(name, "Path"u8);
        if (!isPath || !TryMapPath(value, wasStripped, out ReadOnlySpan<byte> begin, out ReadOnlySpan<byte> rest))
        {
            return false;
        }

        fields.Store(front);
        fields.Store("; Path="u8);
        fields.Store(begin.IsEmpty && rest.IsEmpty ? "/"u8 : begin);
        fields.Store(rest);
        return true;
    }

    private CookieDomainPair? FindDomain(ReadOnlySpan<byte> value)
    {
        foreach (CookieDomainPair pair in _domains)
        {
            if (pair.Matches(value))
            {
                return pair;
            }
        }

        return null;
    }

    private bool TryMapPath(ReadOnlySpan<byte> path, bool wasStripped, out ReadOnlySpan<byte> begin, out ReadOnlySpan<byte> rest)
    {
        foreach (CookiePathPair pair in _paths)
        {
            if (pair.From.IsPrefixOf(path))
            {
                begin = pair.To.Octets;
                rest = WithoutLoneSlash(path[pair.From.Length..]);
                return true;
            }
        }

        begin = wasStripped ? _strip.Octets : default;
        rest = WithoutLoneSlash(path);
        if (_add.IsEmpty)
        {
            return !begin.IsEmpty && path.StartsWith("/"u8);
        }

        if (_add.IsPrefixOf(path))
        {
            rest = WithoutLoneSlash(path[_add.Length..]);
            return true;
        }

        // A cookie for "/" or another path above what was put in front covers all that the client can reach here.
        ReadOnlySpan<byte> above = path.TrimEnd((byte)'/');
        bool isAbove = path.StartsWith("/"u8) && _add.Octets.StartsWith(above) && _add.Octets[above.Length] == (byte)'/';
        rest = default;
        return isAbove;
    }

    // "/old" covers "/old" and all below it; "/old/" would leave out "/old" itself.
    private static ReadOnlySpan<byte> WithoutLoneSlash(ReadOnlySpan<byte> rest) => rest.SequenceEqual("/"u8) ? default : rest;
}
