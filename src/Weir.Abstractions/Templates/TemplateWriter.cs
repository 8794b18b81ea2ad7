// Hot: every rendered octet passes here.
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Templates;

/// <summary>Writes values into a span, each made harmless for its place.</summary>
internal ref struct TemplateWriter
{
    private static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;

    private readonly Span<byte> _target;

    public TemplateWriter(Span<byte> target) => _target = target;

    /// <summary>Octets written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Whether the target was too small.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether a value may not stand in its place at all.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Writes octets of a part.</summary>
    public void Write(TemplatePart part, scoped ReadOnlySpan<byte> octets)
    {
        octets = part.IsInPath ? WithOneSlash(octets) : octets;
        TemplateEscape escape = part.Escape;
        if (escape.IsFieldValue)
        {
            WriteFieldValue(octets);
            return;
        }

        if (escape.Kept is not { } kept)
        {
            Copy(octets);
            return;
        }

        WriteEncoded(octets, kept, escape.KeepsEscapes);
    }

    /// <summary>
    /// Writes a host or an authority. In its own place it is refused when it is empty or odd: browsers read "https:///other" as if a
    /// host followed the slashes.
    /// </summary>
    public void WriteAuthority(TemplatePart part, ReadOnlySpan<byte> octets)
    {
        bool isInPlace = part.Escape == TemplateEscape.Authority;
        IsRefused |= isInPlace && (octets.IsEmpty || octets.ContainsAnyExcept(TemplateEscape.Authority.Kept!));
        Write(part, octets);
    }

    /// <summary>Writes a number.</summary>
    public void Write(TemplatePart part, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Write(part, digits[..length]);
    }

    /// <summary>Writes text from the configuration.</summary>
    public void Write(TemplatePart part, string? text)
    {
        const int PieceChars = 64;
        Span<byte> piece = stackalloc byte[PieceChars * 3];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int take = Math.Min(rest.Length, PieceChars);
            take -= take > 1 && char.IsHighSurrogate(rest[take - 1]) ? 1 : 0;
            Write(part, piece[..Encoding.UTF8.GetBytes(rest[..take], piece)]);
            rest = rest[take..];
        }
    }

    // RFC 3986 section 4.2: a reference that begins with "//" names another host. However the octets are distributed over text and
    // values, a path begins with one slash.
    private readonly ReadOnlySpan<byte> WithOneSlash(ReadOnlySpan<byte> octets)
    {
        if (Written == 1 && _target[0] == (byte)'/')
        {
            return octets.TrimStart((byte)'/');
        }

        while (Written == 0 && octets.StartsWith("//"u8))
        {
            octets = octets[1..];
        }

        return octets;
    }

    private void WriteFieldValue(scoped ReadOnlySpan<byte> octets)
    {
        if (Written == 0)
        {
            octets = octets.TrimStart(" \t"u8);
        }

        int start = Written;
        Copy(octets);
        Span<byte> copied = _target[start..Written];
        for (int i = copied.IndexOfAny(FieldSyntax.ForbiddenInValues); i >= 0; i = copied.IndexOfAny(FieldSyntax.ForbiddenInValues))
        {
            copied[i] = (byte)' ';
            copied = copied[(i + 1)..];
        }
    }

    private void WriteEncoded(scoped ReadOnlySpan<byte> octets, SearchValues<byte> kept, bool keepsEscapes)
    {
        while (!octets.IsEmpty && !IsFull)
        {
            int run = octets.IndexOfAnyExcept(kept);
            if (run < 0)
            {
                Copy(octets);
                return;
            }

            Copy(octets[..run]);
            octets = octets[run..];
            if (keepsEscapes && IsEscape(octets))
            {
                Copy(octets[..3]);
                octets = octets[3..];
                continue;
            }

            byte octet = octets[0];
            Copy([(byte)'%', HexDigits[octet >> 4], HexDigits[octet & 15]]);
            octets = octets[1..];
        }
    }

    private static bool IsEscape(ReadOnlySpan<byte> octets) =>
        octets.Length >= 3 && octets[0] == (byte)'%' && char.IsAsciiHexDigit((char)octets[1]) && char.IsAsciiHexDigit((char)octets[2]);

    private void Copy(scoped ReadOnlySpan<byte> octets)
    {
        if (IsFull || !octets.TryCopyTo(_target[Written..]))
        {
            IsFull = true;
            return;
        }

        Written += octets.Length;
    }
}
