using System.Buffers;
using System.Text;

namespace Weir.Modules;

/// <summary>An origin as a browser serialises it (RFC 6454 section 6.2), perhaps with * for labels in front of a domain.</summary>
internal sealed class OriginPattern
{
    private const string WildcardMark = "://*.";

    private static readonly SearchValues<byte> _labels = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private readonly byte[] _begin;
    private readonly byte[]? _end;

    private OriginPattern(string begin, string? end)
    {
        _begin = Encoding.ASCII.GetBytes(begin);
        _end = end is null ? null : Encoding.ASCII.GetBytes(end);
    }

    /// <summary>Reads a pattern; null when it is none.</summary>
    public static OriginPattern? Parse(string text)
    {
        if (text == "null")
        {
            return new OriginPattern(text, null);
        }

        int wildcard = text.IndexOf(WildcardMark, StringComparison.Ordinal);
        string plain = wildcard < 0 ? text : text.Remove(wildcard + 3, 2);
        bool isOrigin = Uri.TryCreate(plain, UriKind.Absolute, out Uri? uri)
            && uri.Host.Length > 0
            && uri.UserInfo.Length == 0
            && !plain.Contains('*', StringComparison.Ordinal)
            && plain == $"{uri.Scheme}://{uri.Authority}";
        if (!isOrigin)
        {
            return null;
        }

        return wildcard < 0 ? new OriginPattern(text, null) : new OriginPattern(text[..(wildcard + 3)], text[(wildcard + 4)..]);
    }

    /// <summary>Whether it takes an origin.</summary>
    public bool Takes(ReadOnlySpan<byte> origin)
    {
        if (_end is null)
        {
            return origin.SequenceEqual(_begin);
        }

        if (origin.Length <= _begin.Length + _end.Length || !origin.StartsWith(_begin) || !origin.EndsWith(_end))
        {
            return false;
        }

        return !origin[_begin.Length..^_end.Length].ContainsAnyExcept(_labels);
    }
}
