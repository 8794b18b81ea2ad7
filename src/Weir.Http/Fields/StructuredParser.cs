using System.Buffers.Text;
using System.Text;
using Weir.Http.Semantics;

namespace Weir.Http.Fields;

/// <summary>The algorithms of RFC 9651 section 4.2. Every method returns null or false at the first octet that does not fit.</summary>
internal ref struct StructuredParser
{
    private const int MostIntegerDigits = 15;
    private const int MostWholeDigits = 12;
    private const int MostFractionDigits = 3;

    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    public StructuredParser(ReadOnlySpan<byte> text)
    {
        // Section 4.2, steps 2 and 6: spaces, not tabs, around the whole.
        _text = text.Trim((byte)' ');
        _at = 0;
    }

    /// <summary>Whether nothing is left over.</summary>
    public readonly bool IsAtEnd => _at == _text.Length;

    private readonly int Current => _at < _text.Length ? _text[_at] : -1;

    // Section 4.2.1.
    public bool ReadList(List<StructuredMember> members)
    {
        while (!IsAtEnd)
        {
            StructuredMember? member = ReadMember();
            if (member is null)
            {
                return false;
            }

            members.Add(member);
            if (!ReadComma())
            {
                return IsAtEnd;
            }
        }

        // A comma stood at the end, unless nothing was there at all.
        return members.Count == 0;
    }

    // Section 4.2.2.
    public bool ReadDictionary(StructuredDictionary dictionary)
    {
        while (!IsAtEnd)
        {
            string? key = ReadKey();
            StructuredMember? member = key is null ? null : Take('=') ? ReadMember() : ReadFlag();
            if (member is null)
            {
                return false;
            }

            dictionary.Set(key!, member);
            if (!ReadComma())
            {
                return IsAtEnd;
            }
        }

        return dictionary.Count == 0;
    }

    // Section 4.2.3.
    public StructuredMember? ReadItem() =>
        ReadValue() is { } value && ReadParameters() is { } parameters ? new StructuredMember(value, parameters) : null;

    private StructuredMember? ReadMember() => Current == '(' ? ReadInnerList() : ReadItem();

    private StructuredMember? ReadFlag() =>
        ReadParameters() is { } parameters ? new StructuredMember(StructuredValue.True, parameters) : null;

    // Whether another member must follow.
    private bool ReadComma()
    {
        SkipOptionalWhiteSpace();
        if (!Take(','))
        {
            return false;
        }

        SkipOptionalWhiteSpace();
        return true;
    }

    // Section 4.2.1.2.
    private StructuredMember? ReadInnerList()
    {
        List<StructuredMember> items = [];
        _at++;
        while (!IsAtEnd)
        {
            SkipSpaces();
            if (Take(')'))
            {
                return ReadParameters() is { } parameters ? new StructuredMember(items, parameters) : null;
            }

            StructuredMember? item = ReadItem();
            if (item is null || Current is not (' ' or ')'))
            {
                return null;
            }

            items.Add(item);
        }

        return null;
    }

    // Section 4.2.3.2.
    private StructuredParameters? ReadParameters()
    {
        if (Current != ';')
        {
            return StructuredParameters.Empty;
        }

        List<KeyValuePair<string, StructuredValue>> entries = [];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        while (Take(';'))
        {
            SkipSpaces();
            string? key = ReadKey();
            StructuredValue? value = key is null ? null : Take('=') ? ReadValue() : StructuredValue.True;
            if (value is null)
            {
                return null;
            }

            if (places.TryGetValue(key!, out int place))
            {
                entries[place] = new(key!, value.Value);
                continue;
            }

            places.Add(key!, entries.Count);
            entries.Add(new(key!, value.Value));
        }

        return new StructuredParameters(entries);
    }

    // Section 4.2.3.3.
    private string? ReadKey()
    {
        int start = _at;
        if (IsAtEnd || !StructuredText.IsKeyStart(_text[_at]))
        {
            return null;
        }

        while (!IsAtEnd && StructuredText.IsKeyOctet(_text[_at]))
        {
            _at++;
        }

        return Encoding.ASCII.GetString(_text[start.._at]);
    }

    private StructuredValue? ReadValue()
    {
        switch (Current)
        {
            case '-' or (>= '0' and <= '9'):
                return ReadNumber();
            case '"':
                return ReadString();
            case ':':
                return ReadBytes();
            case '?':
                return ReadBoolean();
            case '@':
                return ReadDate();
            case '%':
                return ReadDisplayString();
            case '*' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'):
                return ReadToken();
            default:
                return null;
        }
    }

    // Section 4.2.4.
    private StructuredValue? ReadNumber()
    {
        bool isNegative = Take('-');
        long whole = ReadDigits(out int wholeDigits);
        if (wholeDigits == 0)
        {
            return null;
        }

        if (Current != '.')
        {
            return wholeDigits <= MostIntegerDigits ? StructuredValue.OfInteger(isNegative ? -whole : whole) : null;
        }

        _at++;
        long fraction = ReadDigits(out int fractionDigits);
        if (wholeDigits > MostWholeDigits || fractionDigits is 0 or > MostFractionDigits)
        {
            return null;
        }

        for (int i = fractionDigits; i < MostFractionDigits; i++)
        {
            fraction *= 10;
        }

        long thousandths = (whole * 1000) + fraction;
        return StructuredValue.OfThousandths(isNegative ? -thousandths : thousandths);
    }

    // The value means nothing beyond 15 digits; the count says so.
    private long ReadDigits(out int digits)
    {
        long value = 0;
        digits = 0;
        for (; Current is >= '0' and <= '9'; _at++)
        {
            value = digits < MostIntegerDigits ? (value * 10) + Current - '0' : value;
            digits++;
        }

        return value;
    }

    // Section 4.2.5.
    private StructuredValue? ReadString()
    {
        List<byte> octets = [];
        for (_at++; !IsAtEnd; _at++)
        {
            byte octet = _text[_at];
            if (octet == (byte)'"')
            {
                _at++;
                return StructuredValue.OfParsed(StructuredKind.String, [.. octets]);
            }

            if (octet == (byte)'\\')
            {
                _at++;
                if (Current is not ('"' or '\\'))
                {
                    return null;
                }

                octet = _text[_at];
            }

            if (octet is < 0x20 or > 0x7E)
            {
                return null;
            }

            octets.Add(octet);
        }

        return null;
    }

    // Section 4.2.6.
    private StructuredValue? ReadToken()
    {
        int start = _at;
        while (!IsAtEnd && StructuredText.IsTokenOctet(_text[_at]))
        {
            _at++;
        }

        return StructuredValue.OfParsed(StructuredKind.Token, _text[start.._at].ToArray());
    }

    // Section 4.2.7: padding may be missing, white space may not be there.
    private StructuredValue? ReadBytes()
    {
        ReadOnlySpan<byte> rest = _text[(_at + 1)..];
        int length = rest.IndexOf((byte)':');
        if (length < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> encoded = rest[..length].TrimEnd((byte)'=');
        int padding = length - encoded.Length;
        bool isPadded = padding == 0 || (padding <= 2 && length % 4 == 0);
        if (!isPadded || encoded.Length % 4 == 1 || encoded.ContainsAnyExcept(StructuredText.Base64Octets))
        {
            return null;
        }

        byte[] padded = new byte[(encoded.Length + 3) / 4 * 4];
        padded.AsSpan().Fill((byte)'=');
        encoded.CopyTo(padded);
        ClearPadBits(padded, encoded.Length);
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        Base64.DecodeFromUtf8(padded, decoded, out _, out int written);
        _at += length + 2;
        return StructuredValue.OfParsed(StructuredKind.Bytes, decoded[..written]);
    }

    // Section 4.2.7 wants bits behind the last octet to be tolerated; the platform's decoder does not.
    private static void ClearPadBits(Span<byte> padded, int length)
    {
        int kept = (length % 4) switch
        {
            2 => 0x30,
            3 => 0x3C,
            _ => 0x3F,
        };
        if (kept != 0x3F)
        {
            ReadOnlySpan<byte> alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
            padded[length - 1] = alphabet[alphabet.IndexOf(padded[length - 1]) & kept];
        }
    }

    // Section 4.2.8.
    private StructuredValue? ReadBoolean()
    {
        _at++;
        if (Current is not ('0' or '1'))
        {
            return null;
        }

        return StructuredValue.OfBoolean(_text[_at++] == (byte)'1');
    }

    // Section 4.2.9.
    private StructuredValue? ReadDate()
    {
        _at++;
        return Current is '-' or (>= '0' and <= '9') && ReadNumber() is { Kind: StructuredKind.Integer } seconds
            ? StructuredValue.OfDate(seconds.Number)
            : null;
    }

    // Section 4.2.10.
    private StructuredValue? ReadDisplayString()
    {
        _at++;
        if (!Take('"'))
        {
            return null;
        }

        List<byte> octets = [];
        for (; !IsAtEnd; _at++)
        {
            byte octet = _text[_at];
            if (octet == (byte)'"')
            {
                _at++;
                byte[] text = [.. octets];
                return IsUtf8(text) ? StructuredValue.OfParsed(StructuredKind.DisplayString, text) : null;
            }

            if (octet is < 0x20 or > 0x7E)
            {
                return null;
            }

            if (octet == (byte)'%')
            {
                if (_at + 2 >= _text.Length || !IsLowerHex(_text[_at + 1]) || !IsLowerHex(_text[_at + 2]))
                {
                    return null;
                }

                octet = Hex.Decode(_text[_at + 1], _text[_at + 2]);
                _at += 2;
            }

            octets.Add(octet);
        }

        return null;
    }

    private static bool IsLowerHex(byte octet) => octet is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f');

    private static bool IsUtf8(byte[] text) => System.Text.Unicode.Utf8.IsValid(text);

    private bool Take(char octet)
    {
        if (Current != octet)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipSpaces()
    {
        while (Current == ' ')
        {
            _at++;
        }
    }

    private void SkipOptionalWhiteSpace()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }
    }
}
