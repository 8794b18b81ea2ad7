using System.Globalization;
using System.Text;

namespace Weir.Expressions.Parsing;

/// <summary>Text to tokens.</summary>
internal sealed class Lexer
{
    private static readonly string[] _signs =
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")", "[", "]"];

    private readonly string _text;
    private int _at;

    public Lexer(string text) => _text = text;

    /// <summary>The next token; at the end one that says so, again and again.</summary>
    public Token Next()
    {
        SkipBlanks();
        if (_at == _text.Length)
        {
            return new Token(TokenKind.End, _at, "");
        }

        char first = _text[_at];
        if (IsRaw(first) || first is '"' or '\'')
        {
            return ReadText();
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            int begin = _at;
            _at = EndOf(c => char.IsAsciiLetterOrDigit(c) || c == '_');
            return new Token(TokenKind.Name, begin, _text[begin.._at]);
        }

        return char.IsAsciiDigit(first) ? ReadNumber() : ReadSign();
    }

    private bool IsRaw(char first) => first is 'r' or 'R' && _at + 1 < _text.Length && _text[_at + 1] is '"' or '\'';

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (string.CompareOrdinal(_text, _at, "//", 0, 2) == 0)
            {
                int line = _text.IndexOf('\n', _at);
                _at = line < 0 ? _text.Length : line;
            }
            else if (_text[_at] is ' ' or '\t' or '\n' or '\r')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private int EndOf(Func<char, bool> belongs)
    {
        int end = _at;
        while (end < _text.Length && belongs(_text[end]))
        {
            end++;
        }

        return end;
    }

    private Token ReadNumber()
    {
        int begin = _at;
        _at = EndOf(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        bool isFraction = _at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]);
        string digits = _text[begin.._at];
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isRead = long.TryParse(
            isHex ? digits.AsSpan(2) : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (isFraction || !isRead || number < 0)
        {
            throw new ExpressionMistake(
                begin, $"\"{digits}{(isFraction ? "." : "")}\" is not a whole number.", "Write digits alone, as in 404 or 0x194.");
        }

        return new Token(TokenKind.Number, begin, digits, number);
    }

    private Token ReadText()
    {
        int begin = _at;
        bool isRaw = _text[_at] is 'r' or 'R';
        _at += isRaw ? 1 : 0;
        char quote = _text[_at++];
        StringBuilder text = new();
        while (_at < _text.Length && _text[_at] != quote && _text[_at] != '\n')
        {
            char c = _text[_at++];
            text.Append(c == '\\' && !isRaw ? ReadEscape() : c);
        }

        if (_at == _text.Length || _text[_at] != quote)
        {
            throw new ExpressionMistake(begin, "A text is never closed.", $"Put a {quote} behind it.");
        }

        _at++;
        return new Token(TokenKind.Text, begin, text.ToString());
    }

    private char ReadEscape()
    {
        int begin = _at - 1;
        char kind = _at < _text.Length ? _text[_at++] : ' ';
        switch (kind)
        {
            case '\\' or '\'' or '"' or '`' or '?':
                return kind;
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'x' or 'u' when TryReadHex(kind == 'x' ? 2 : 4, out char c):
                return c;
            default:
                throw new ExpressionMistake(
                    begin, "A backslash begins no escape here.", "Write \\\\ for itself, or r\"...\" for a text without escapes, as regular expressions want it.");
        }
    }

    private bool TryReadHex(int digits, out char c)
    {
        c = default;
        if (_at + digits > _text.Length
            || !ushort.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)
            || char.IsSurrogate((char)code))
        {
            return false;
        }

        c = (char)code;
        _at += digits;
        return true;
    }

    private Token ReadSign()
    {
        foreach (string sign in _signs)
        {
            if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0)
            {
                _at += sign.Length;
                return new Token(TokenKind.Sign, _at - sign.Length, sign);
            }
        }

        string remedy = _text[_at] switch
        {
            '=' => "Write == to compare.",
            '&' or '|' => "Write && for and, || for or.",
            '~' => "Write TEXT.matches(\"...\") for a regular expression.",
            '{' => "There are no maps to write down here.",
            _ => "Remove it, or put the text into quotes.",
        };
        throw new ExpressionMistake(_at, $"\"{_text[_at]}\" has no meaning here.", remedy);
    }
}
