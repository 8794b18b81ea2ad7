using System.Text.Unicode;

namespace Weir.Modules.Tokens;

/// <summary>
/// Whether octets that strangers send are a JSON object (RFC 8259) that is as strict as tokens have to be: no member twice, names without
/// escapes, no half of a surrogate, few members and little depth. The platform's reader says it by an exception, which costs as much as a
/// request. It reads what has passed here.
/// </summary>
internal ref struct JsonGrammar
{
    private const int MostDepth = 8;
    private const int MostMembers = 64;

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<Range> _names;
    private int _at;
    private int _members;

    private JsonGrammar(ReadOnlySpan<byte> text, Span<Range> names)
    {
        _text = text;
        _names = names;
    }

    private readonly byte Next => _at < _text.Length ? _text[_at] : (byte)0;

    /// <summary>Whether the octets are such an object, and nothing else.</summary>
    public static bool IsObject(ReadOnlySpan<byte> octets)
    {
        Span<Range> names = stackalloc Range[MostMembers];
        JsonGrammar grammar = new(octets, names);
        return Utf8.IsValid(octets) && grammar.IsWhole();
    }

    private bool IsWhole()
    {
        SkipBlanks();
        if (Next != '{' || !TakeValue(0))
        {
            return false;
        }

        SkipBlanks();
        return _at == _text.Length;
    }

    private bool TakeValue(int depth)
    {
        switch (Next)
        {
            case (byte)'{':
                return depth < MostDepth && TakeObject(depth);
            case (byte)'[':
                return depth < MostDepth && TakeArray(depth);
            case (byte)'"':
                return TakeText(out _, out _);
            case (byte)'t':
                return TakeWord("true"u8);
            case (byte)'f':
                return TakeWord("false"u8);
            case (byte)'n':
                return TakeWord("null"u8);
            default:
                return TakeNumber();
        }
    }

    // The members of an object are those from its first on; those of objects within are given back when these end.
    private bool TakeObject(int depth)
    {
        int first = _members;
        _at++;
        SkipBlanks();
        if (Take('}'))
        {
            return true;
        }

        do
        {
            SkipBlanks();
            if (!TakeName(first))
            {
                return false;
            }

            SkipBlanks();
            if (!Take(':'))
            {
                return false;
            }

            SkipBlanks();
            if (!TakeValue(depth + 1))
            {
                return false;
            }

            SkipBlanks();
        }
        while (Take(','));

        _members = first;
        return Take('}');
    }

    private bool TakeArray(int depth)
    {
        _at++;
        SkipBlanks();
        if (Take(']'))
        {
            return true;
        }

        do
        {
            SkipBlanks();
            if (!TakeValue(depth + 1))
            {
                return false;
            }

            SkipBlanks();
        }
        while (Take(','));

        return Take(']');
    }

    private bool TakeName(int first)
    {
        if (_members == MostMembers || Next != '"' || !TakeText(out Range name, out bool isPlain) || !isPlain)
        {
            return false;
        }

        foreach (Range other in _names[first.._members])
        {
            if (_text[other].SequenceEqual(_text[name]))
            {
                return false;
            }
        }

        _names[_members++] = name;
        return true;
    }

    private bool TakeText(out Range text, out bool isPlain)
    {
        int start = ++_at;
        text = default;
        isPlain = true;
        while (Next is >= (byte)' ' and not (byte)'"')
        {
            if (Take('\\'))
            {
                isPlain = false;
                if (!TakeEscape())
                {
                    return false;
                }
            }
            else
            {
                _at++;
            }
        }

        text = start.._at;
        return Take('"');
    }

    // RFC 8259 section 7; of a surrogate pair both halves, one behind the other.
    private bool TakeEscape()
    {
        if (!Take('u'))
        {
            bool isKnown = "\"\\/bfnrt"u8.Contains(Next);
            _at++;
            return isKnown;
        }

        if (!TryTakeUnit(out ushort unit) || char.IsLowSurrogate((char)unit))
        {
            return false;
        }

        return !char.IsHighSurrogate((char)unit)
            || (Take('\\') && Take('u') && TryTakeUnit(out ushort low) && char.IsLowSurrogate((char)low));
    }

    private bool TryTakeUnit(out ushort unit)
    {
        unit = 0;
        for (int i = 0; i < 4; i++, _at++)
        {
            if (!char.IsAsciiHexDigit((char)Next))
            {
                return false;
            }

            unit = (ushort)((unit << 4) | ValueOf(Next));
        }

        return true;
    }

    private static int ValueOf(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private bool TakeNumber()
    {
        Take('-');
        if (!Take('0') && TakeDigits() == 0)
        {
            return false;
        }

        if (Take('.') && TakeDigits() == 0)
        {
            return false;
        }

        if (!Take('e') && !Take('E'))
        {
            return true;
        }

        if (!Take('+'))
        {
            Take('-');
        }

        return TakeDigits() > 0;
    }

    private int TakeDigits()
    {
        int start = _at;
        while (char.IsAsciiDigit((char)Next))
        {
            _at++;
        }

        return _at - start;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        bool isThere = _text[_at..].StartsWith(word);
        _at += isThere ? word.Length : 0;
        return isThere;
    }

    private bool Take(char sign)
    {
        bool isThere = Next == sign;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private void SkipBlanks()
    {
        while (Next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }
}
