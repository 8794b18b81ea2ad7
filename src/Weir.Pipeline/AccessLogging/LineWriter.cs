// Hot: formats every access log line. No allocation; about a nanosecond for each call plus the octets.
using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// Writes one line into a span. Text is cut at a bound and then ends in "…"; whoever writes a line chooses bounds that fit the span.
/// What does not fit all the same is left out, and <see cref="IsFull"/> says so.
/// </summary>
internal ref struct LineWriter
{
    private const int LongestEscape = 6;
    private const int LongestNumber = 20;
    private const int LongestTextBound = 1024;

    // Printable ASCII without quote and backslash: it means itself in both styles.
    private static readonly SearchValues<byte> _plain = SearchValues.Create(Plain());

    private readonly Span<byte> _line;
    private int _at;

    internal LineWriter(Span<byte> line)
    {
        _line = line;
        _at = 0;
        IsFull = false;
    }

    /// <summary>What marks a value that was cut.</summary>
    internal static ReadOnlySpan<byte> CutMark => "…"u8;

    internal readonly int Length => _at;

    internal bool IsFull { get; private set; }

    /// <summary>Octets that need no escaping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Raw(scoped ReadOnlySpan<byte> octets)
    {
        if (octets.TryCopyTo(_line[_at..]))
        {
            _at += octets.Length;
            return;
        }

        IsFull = true;
    }

    internal void Number(long value)
    {
        if (Utf8Formatter.TryFormat(value, _line[_at..], out int written))
        {
            _at += written;
            return;
        }

        IsFull = true;
    }

    /// <summary>Nanoseconds as milliseconds with three decimals, rounded; negative ones as 0.</summary>
    internal void Milliseconds(long ns)
    {
        ulong us = ((ulong)Math.Max(ns, 0) + 500) / 1000;
        ulong ms = us / 1000;
        uint rest = (uint)(us - (ms * 1000));
        if (_line.Length - _at < LongestNumber + 4)
        {
            IsFull = true;
            return;
        }

        if (ms < 10)
        {
            _line[_at++] = (byte)('0' + ms);
        }
        else
        {
            Utf8Formatter.TryFormat(ms, _line[_at..], out int written);
            _at += written;
        }

        Span<byte> decimals = _line.Slice(_at, 4);
        uint tens = rest / 10;
        decimals[3] = (byte)('0' + (rest - (tens * 10)));
        uint hundreds = tens / 10;
        decimals[2] = (byte)('0' + (tens - (hundreds * 10)));
        decimals[1] = (byte)('0' + hundreds);
        decimals[0] = (byte)'.';
        _at += 4;
    }

    /// <summary>Octets from anywhere, escaped, in at most <paramref name="bound"/> octets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Text(scoped ReadOnlySpan<byte> octets, int bound, EscapeStyle style)
    {
        if (octets.Length <= bound && !octets.ContainsAnyExcept(_plain))
        {
            Raw(octets);
            return;
        }

        TextEscaped(octets, bound, style);
    }

    /// <summary>Text from the configuration or a table, escaped likewise.</summary>
    internal void Text(string? text, int bound, EscapeStyle style)
    {
        if (text is null)
        {
            return;
        }

        Span<byte> rest = _line[_at..];
        if (text.Length <= bound && text.Length <= rest.Length
            && Ascii.FromUtf16(text, rest, out int written) == OperationStatus.Done
            && !rest[..written].ContainsAnyExcept(_plain))
        {
            _at += written;
            return;
        }

        TextTranscoded(text, bound, style);
    }

    private static byte[] Plain()
    {
        List<byte> plain = [];
        for (byte octet = 0x20; octet < 0x7F; octet++)
        {
            if (octet is not ((byte)'"' or (byte)'\\'))
            {
                plain.Add(octet);
            }
        }

        return [.. plain];
    }

    private void TextTranscoded(string text, int bound, EscapeStyle style)
    {
        // Each octet becomes at least one: when the text does not fit here, what fits is longer than the bound, and is cut there.
        Debug.Assert(bound <= LongestTextBound, "The room below is for this bound.");
        Span<byte> octets = stackalloc byte[LongestTextBound + 8];
        Utf8.FromUtf16(text, octets[..(bound + 8)], out _, out int length);
        TextEscaped(octets[..length], bound, style);
    }

    private void TextEscaped(scoped ReadOnlySpan<byte> octets, int bound, EscapeStyle style)
    {
        int end = Math.Min(_at + bound, _line.Length);
        int lastCut = end - CutMark.Length;
        int cutAt = _at;
        Span<byte> escape = stackalloc byte[LongestEscape];
        while (!octets.IsEmpty)
        {
            // The value may be cut in front of any piece, or within plain octets, as long as the mark fits behind.
            int start = _at;
            cutAt = start <= lastCut ? start : cutAt;
            int plain = octets.IndexOfAnyExcept(_plain);
            plain = plain < 0 ? octets.Length : plain;
            if (plain == 0)
            {
                int consumed = style == EscapeStyle.Json
                    ? EscapeJson(octets, escape, out int length) : EscapeHex(octets[0], escape, out length);
                if (length > end - start)
                {
                    Cut(cutAt, end);
                    return;
                }

                escape[..length].CopyTo(_line[start..]);
                _at += length;
                octets = octets[consumed..];
                continue;
            }

            int taken = Math.Min(plain, end - start);
            octets[..taken].CopyTo(_line[start..]);
            _at += taken;
            cutAt = start <= lastCut ? Math.Min(_at, lastCut) : cutAt;
            if (taken < plain)
            {
                Cut(cutAt, end);
                return;
            }

            octets = octets[taken..];
        }
    }

    private void Cut(int at, int end)
    {
        _at = at;
        if (end - at >= CutMark.Length)
        {
            CutMark.CopyTo(_line[at..]);
            _at += CutMark.Length;
        }
    }

    private static int EscapeHex(byte octet, Span<byte> escape, out int length)
    {
        "\\x"u8.CopyTo(escape);
        escape[2] = HexDigit(octet >> 4);
        escape[3] = HexDigit(octet & 0xF);
        length = 4;
        return 1;
    }

    private static int EscapeJson(ReadOnlySpan<byte> octets, Span<byte> escape, out int length)
    {
        if (octets[0] is (byte)'"' or (byte)'\\')
        {
            escape[0] = (byte)'\\';
            escape[1] = octets[0];
            length = 2;
            return 1;
        }

        bool isValid = Rune.DecodeFromUtf8(octets, out Rune rune, out int consumed) == OperationStatus.Done;
        if (isValid && !MustEscape(rune))
        {
            length = rune.EncodeToUtf8(escape);
            return consumed;
        }

        // RFC 8259 section 7: \uXXXX. All that must be escaped lies in the basic plane, but for some tags, which become U+FFFD.
        int value = isValid && rune.IsBmp ? rune.Value : Rune.ReplacementChar.Value;
        "\\u"u8.CopyTo(escape);
        escape[2] = HexDigit(value >> 12);
        escape[3] = HexDigit((value >> 8) & 0xF);
        escape[4] = HexDigit((value >> 4) & 0xF);
        escape[5] = HexDigit(value & 0xF);
        length = LongestEscape;
        return consumed;
    }

    // Control characters end lines or steer terminals; format characters reverse the direction of what follows.
    private static bool MustEscape(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
