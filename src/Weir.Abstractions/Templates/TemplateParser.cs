using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Templates;

/// <summary>
/// Reads a template when the configuration loads. It follows the zones of a URL from character to character, so that each value gets
/// the escape of the place where it stands, and stops at the first mistake.
/// </summary>
internal sealed class TemplateParser
{
    private readonly string _text;
    private readonly TemplateContext _context;
    private readonly List<TemplatePart> _parts = [];
    private readonly StringBuilder _literal = new();
    private TemplateZone _zone;
    private bool _hasAuthority;
    private int _position;
    private TemplateError? _error;

    public TemplateParser(string text, TemplateContext context)
    {
        _text = text;
        _context = context;
    }

    public Template? Parse(out TemplateError? error)
    {
        Begin();
        while (_error is null && _position < _text.Length)
        {
            ReadNext();
        }

        if (_error is null && _zone == TemplateZone.Authority && !_hasAuthority)
        {
            Fail(_text.Length, "There is no host.", "Write a host, or {host} for the one the client asked for.");
        }

        Flush();
        error = _error;
        return error is null ? new Template(_text, _context, [.. _parts]) : null;
    }

    private void Begin()
    {
        _zone = _context switch
        {
            TemplateContext.Plain => TemplateZone.Text,
            TemplateContext.HeaderValue => TemplateZone.Field,
            TemplateContext.Authority => TemplateZone.Authority,
            TemplateContext.Query => TemplateZone.Query,
            TemplateContext.QueryValue => TemplateZone.Component,
            _ => TemplateZone.Path,
        };
        if (_zone != TemplateZone.Path || (_context == TemplateContext.Url && ReadScheme()))
        {
            return;
        }

        // RFC 3986 section 4.2: "//" begins another host; browsers read "/\" the same way.
        if (_text.StartsWith("//", StringComparison.Ordinal) || _text.StartsWith("/\\", StringComparison.Ordinal))
        {
            Fail(1, "A path that begins with \"//\" names another host.", "Write one \"/\", or https:// in front of a host.");
        }
        else if (!_text.StartsWith('/') && !_text.StartsWith("{path}", StringComparison.Ordinal))
        {
            bool isUrl = _context == TemplateContext.Url;
            string remedy = isUrl ? "Begin with \"/\", {path}, http:// or https://." : "Begin with \"/\" or {path}.";
            Fail(0, $"\"{_text}\" is not a path.", remedy);
        }
    }

    private bool ReadScheme()
    {
        const string AnyScheme = "{scheme}://";
        if (_text.StartsWith(AnyScheme, StringComparison.Ordinal))
        {
            _parts.Add(new TemplatePart { Value = TemplateValue.Scheme });
            _parts.Add(new TemplatePart { Value = TemplateValue.Literal, Octets = "://"u8.ToArray() });
            _position = AnyScheme.Length;
        }

        foreach (string scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (_text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                _parts.Add(new TemplatePart { Value = TemplateValue.Literal, Octets = Encoding.ASCII.GetBytes(scheme) });
                _position = scheme.Length;
            }
        }

        _zone = _position > 0 ? TemplateZone.Authority : _zone;
        return _position > 0;
    }

    private void ReadNext()
    {
        char next = _text[_position];
        bool isDoubled = _position + 1 < _text.Length && _text[_position + 1] == next;
        if (next is '{' or '}' && isDoubled)
        {
            AddCharacter(next);
            _position += 2;
            return;
        }

        if (next == '{')
        {
            ReadPlaceholder();
            return;
        }

        if (next == '}')
        {
            Fail(_position, "A \"}\" closes nothing.", "Write }} for a brace.");
            return;
        }

        AddCharacter(next);
        _position++;
    }

    private void AddCharacter(char character)
    {
        // A field value may hold a tab; nothing that stands in a head may hold another control character.
        if (_zone != TemplateZone.Text && char.IsControl(character) && !(character == '\t' && _zone == TemplateZone.Field))
        {
            Fail(_position, $"A control character (U+{(int)character:X4}) may not stand here.", "Remove it.");
            return;
        }

        EnterZoneAt(character);
        if (_error is not null)
        {
            return;
        }

        _literal.Append(character);
        _hasAuthority |= _zone == TemplateZone.Authority;
    }

    // RFC 3986 section 3: where the parts of a URL begin.
    private void EnterZoneAt(char character)
    {
        bool isUrl = _context == TemplateContext.Url;
        switch (_zone, character)
        {
            case (TemplateZone.Authority, '/') when isUrl: Enter(TemplateZone.Path); break;
            case (TemplateZone.Authority, '?') when isUrl: Enter(TemplateZone.Query); break;
            case (TemplateZone.Authority, '#') when isUrl: Enter(TemplateZone.Fragment); break;
            case (TemplateZone.Authority, _) when !IsAuthorityCharacter(character):
                Fail(_position, $"\"{character}\" may not stand in a host.", "Write host or host:port in ASCII (xn-- for other letters).");
                break;
            case (TemplateZone.Path, '?') when isUrl: Enter(TemplateZone.Query); break;
            case (TemplateZone.Path, '#') when isUrl: Enter(TemplateZone.Fragment); break;
            case (TemplateZone.Path, '?' or '#'):
                Fail(_position, $"\"{character}\" may not stand in a path.", "The query has an option of its own: query.");
                break;
            case (TemplateZone.Path, '\\'):
                Fail(_position, "A backslash may not stand in a path.", "Write \"/\".");
                break;
            case (TemplateZone.Query, '#') when isUrl: Enter(TemplateZone.Fragment); break;
            case (TemplateZone.Query, '#'):
                Fail(_position, "\"#\" may not stand in a query.", "Write %23.");
                break;
            case (TemplateZone.Query, '?') when _position == 0:
                Fail(0, "The \"?\" does not belong to the query.", "Leave it out.");
                break;
            case (TemplateZone.Path or TemplateZone.Query or TemplateZone.Fragment, '%') when !IsEscapeAt(_position):
                Fail(_position, "Behind \"%\" two hexadecimal digits are expected.", "Write %25 for a percent sign.");
                break;
            default: break;
        }
    }

    private static bool IsAuthorityCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || ".-_~:[]".Contains(character, StringComparison.Ordinal);

    private bool IsEscapeAt(int position) =>
        position + 2 < _text.Length && char.IsAsciiHexDigit(_text[position + 1]) && char.IsAsciiHexDigit(_text[position + 2]);

    private void Enter(TemplateZone zone)
    {
        if (_zone == TemplateZone.Authority && !_hasAuthority)
        {
            Fail(_position, "There is no host.", "Write a host, or {host} for the one the client asked for.");
            return;
        }

        Flush();
        _zone = zone;
    }

    private void ReadPlaceholder()
    {
        int end = _text.IndexOf('}', _position);
        if (end < 0)
        {
            Fail(_position, "A \"{\" is not closed.", "Write } behind the placeholder's name, or {{ for a brace.");
            return;
        }

        string written = _text[(_position + 1)..end];
        if (!TemplateNames.TryFind(written, out TemplateValue value, out string argument))
        {
            string? nearest = TemplateNames.Nearest(written);
            string remedy = nearest is null ? "The reference page lists all placeholders." : $"Did you mean {{{nearest}}}?";
            Fail(_position, $"There is no placeholder {{{written}}}.", remedy);
            return;
        }

        if (CheckArgument(value, argument) && CheckPlace(value, written))
        {
            Flush();
            _parts.Add(MakePart(value, argument));
        }

        _position = end + 1;
    }

    private bool CheckArgument(TemplateValue value, string argument)
    {
        if (value is TemplateValue.Header or TemplateValue.Cookie && !FieldSyntax.IsToken(Encoding.Latin1.GetBytes(argument)))
        {
            string kind = value == TemplateValue.Header ? "header" : "cookie";
            Fail(_position, $"\"{argument}\" is not the name of a {kind}.", $"Write {{{kind}.NAME}}.");
            return false;
        }

        if (value == TemplateValue.PathCapture && (argument.Length != 1 || argument[0] is < '1' or > '9'))
        {
            Fail(_position, $"\"{argument}\" is neither rest nor a group's number.", "Write {path.rest}, or {path.1} to {path.9}.");
            return false;
        }

        return true;
    }

    private bool CheckPlace(TemplateValue value, string written)
    {
        bool isUrl = _context == TemplateContext.Url;
        switch (_zone, value)
        {
            case (TemplateZone.Authority, TemplateValue.Host or TemplateValue.Port or TemplateValue.Authority):
                _hasAuthority = true;
                return true;
            case (TemplateZone.Authority, TemplateValue.Path) when isUrl:
                Enter(TemplateZone.Path);
                return _error is null;
            case (TemplateZone.Authority or TemplateZone.Path, TemplateValue.QueryWithMark) when isUrl:
                Enter(TemplateZone.Query);
                return _error is null;
            case (TemplateZone.Authority, _):
                Fail(_position, $"{{{written}}} may not stand in the host: a client could choose it.", "Use {host} or {authority} there.");
                return false;
            case (TemplateZone.Path, TemplateValue.QueryWithMark):
                Fail(_position, "{?query} may not stand in a path.", "The query is kept by itself; the option query changes it.");
                return false;
            case (TemplateZone.Path or TemplateZone.Fragment or TemplateZone.Component, TemplateValue.QueryWithMark):
            case (TemplateZone.Path or TemplateZone.Fragment or TemplateZone.Component, TemplateValue.QueryWithAnd):
                Fail(_position, $"{{{written}}} may not stand here.", "Use {query}.");
                return false;
            case (TemplateZone.Query, TemplateValue.QueryWithMark):
                Fail(_position, "{?query} may not stand in a query.", "Use {query} or {&query}.");
                return false;
            default:
                return true;
        }
    }

    private TemplatePart MakePart(TemplateValue value, string argument)
    {
        byte[] name = Encoding.Latin1.GetBytes(argument);
        return new TemplatePart
        {
            Value = value,
            Escape = EscapeOf(value),
            IsInPath = _zone == TemplateZone.Path,
            Octets = name,
            Field = value == TemplateValue.Header ? KnownFields.Find(name) : KnownField.Other,
            Group = value == TemplateValue.PathCapture ? argument[0] - '0' : 0,
        };
    }

    private TemplateEscape EscapeOf(TemplateValue value) => (_zone, value) switch
    {
        (TemplateZone.Text, _) => TemplateEscape.None,
        (TemplateZone.Field, _) => TemplateEscape.FieldValue,
        (TemplateZone.Authority, _) => TemplateEscape.Authority,
        (TemplateZone.Path, TemplateValue.Path or TemplateValue.PathRest or TemplateValue.PathCapture) => TemplateEscape.Path,
        (TemplateZone.Query, TemplateValue.Query or TemplateValue.QueryWithMark or TemplateValue.QueryWithAnd) => TemplateEscape.Query,
        _ => TemplateEscape.Component,
    };

    private void Flush()
    {
        if (_literal.Length == 0)
        {
            return;
        }

        bool isField = _zone == TemplateZone.Field;
        _parts.Add(new TemplatePart
        {
            Value = TemplateValue.Literal,
            Escape = isField ? TemplateEscape.FieldValue : TemplateEscape.None,
            IsInPath = _zone == TemplateZone.Path,
            Octets = EncodeLiteral(Encoding.UTF8.GetBytes(_literal.ToString())),
        });
        _literal.Clear();
    }

    // The own text may be written as people read it ("/größe"): it is encoded here, once. Its "%" was checked.
    private byte[] EncodeLiteral(byte[] octets)
    {
        TemplateEscape escape = _zone switch
        {
            TemplateZone.Path => TemplateEscape.Path,
            TemplateZone.Query => TemplateEscape.Query,
            TemplateZone.Fragment => TemplateEscape.OwnFragment,
            TemplateZone.Component => TemplateEscape.Component,
            _ => TemplateEscape.None,
        };
        byte[] encoded = new byte[octets.Length * 3];
        TemplateWriter writer = new(encoded);
        writer.Write(new TemplatePart { Value = TemplateValue.Literal, Escape = escape }, octets);
        return encoded[..writer.Written];
    }

    private void Fail(int position, string cause, string remedy) => _error ??= new TemplateError(position, cause, remedy);
}
