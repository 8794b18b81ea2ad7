using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Options;

namespace Weir.Pipeline.AccessLogging;

/// <summary>Parses a template when the configuration loads, and finds every mistake in it.</summary>
internal sealed class AccessTemplateParser
{
    private const int MaxLiteralOctets = 2048;
    private const int NumberRoom = 48;
    private const string RequestPrefix = "header.";
    private const string ResponsePrefix = "response_header.";

    // What logs must never hold: whoever reads a log could act as its user.
    private static readonly string[] _secrets = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

    private readonly string _template;
    private readonly List<TemplatePiece> _pieces = [];
    private readonly List<AccessFormatError> _errors = [];
    private readonly StringBuilder _literal = new();

    internal AccessTemplateParser(string template) => _template = template;

    internal IReadOnlyList<AccessFormatError> Errors => _errors;

    internal TemplatePiece[] Parse()
    {
        int at = 0;
        while (at < _template.Length)
        {
            at = ParseOne(at);
        }

        EndLiteral();
        CheckWhole();
        return WithBounds();
    }

    private int ParseOne(int at)
    {
        char next = _template[at];
        bool isDoubled = at + 1 < _template.Length && _template[at + 1] == next;
        if (next is '{' or '}' && isDoubled)
        {
            _literal.Append(next);
            return at + 2;
        }

        if (next == '}')
        {
            Error(at, "A closing brace stands alone.", "Write }} for a brace in the line.");
            return at + 1;
        }

        if (next != '{')
        {
            AddLiteral(at, next);
            return at + 1;
        }

        int close = _template.IndexOf('}', at);
        if (close < 0)
        {
            Error(at, "A placeholder is not closed.", "End it with }, or write {{ for a brace in the line.");
            return _template.Length;
        }

        EndLiteral();
        AddPlaceholder(at, _template[(at + 1)..close]);
        return close + 1;
    }

    private void AddLiteral(int at, char next)
    {
        if (char.IsControl(next) && next != '\t')
        {
            Error(at, $"The template holds the control character U+{(int)next:X4}.", "Take it out: one exchange is one line.");
            return;
        }

        _literal.Append(next);
    }

    private void EndLiteral()
    {
        if (_literal.Length > 0)
        {
            byte[] octets = Encoding.UTF8.GetBytes(_literal.ToString());
            _pieces.Add(new TemplatePiece(TemplateSource.Literal, default, octets, KnownField.Other, octets.Length));
            _literal.Clear();
        }
    }

    private void AddPlaceholder(int at, string name)
    {
        if (name.StartsWith(RequestPrefix, StringComparison.Ordinal))
        {
            AddField(at, TemplateSource.RequestField, name[RequestPrefix.Length..]);
            return;
        }

        if (name.StartsWith(ResponsePrefix, StringComparison.Ordinal))
        {
            AddField(at, TemplateSource.ResponseField, name[ResponsePrefix.Length..]);
            return;
        }

        if (!AccessKeys.TryFind(name, out AccessKey key))
        {
            string nearest = Nearest.Of(name, [.. AccessKeys.All.Select(row => row.Name), RequestPrefix + "NAME", ResponsePrefix + "NAME"]);
            Error(at, $"{{{name}}} is not a placeholder.", $"The nearest one is {{{nearest}}}.");
            return;
        }

        _pieces.Add(new TemplatePiece(TemplateSource.Key, key, [], KnownField.Other, BoundOf(key)));
    }

    private void AddField(int at, TemplateSource source, string name)
    {
        byte[] octets = Encoding.UTF8.GetBytes(name);
        if (!FieldSyntax.IsToken(octets))
        {
            Error(at, $"\"{name}\" is not a field name.", "Write a name as in {header.Accept-Language}.");
            return;
        }

        if (_secrets.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            Error(at, $"The field {name} holds secrets and is never logged.", "Take the placeholder out.");
            return;
        }

        _pieces.Add(new TemplatePiece(source, default, octets, KnownFields.Find(octets), AccessBounds.Field));
    }

    private void CheckWhole()
    {
        int literals = _pieces.Where(piece => piece.Source == TemplateSource.Literal).Sum(piece => piece.Octets.Length);
        if (literals > MaxLiteralOctets)
        {
            Error(0, $"The template's own text has {literals} bytes.",
                $"Keep it below {MaxLiteralOctets}: a line has at most {AccessFormat.MaxLineOctets} bytes.");
        }

        int placeholders = _pieces.Count(piece => piece.Source != TemplateSource.Literal);
        if (_errors.Count == 0 && placeholders == 0)
        {
            Error(0, $"The format \"{_template}\" has no placeholder: every line would be the same.",
                "Write json, combined, or a template such as \"{client} {status} {path}\".");
        }

        if (placeholders * NumberRoom > AccessFormat.MaxLineOctets - MaxLiteralOctets)
        {
            Error(0, $"The template has {placeholders} placeholders.", "Use fewer: a line would not hold them.");
        }
    }

    // The values share what a line has besides literals and numbers, in proportion to what each may take at most.
    private TemplatePiece[] WithBounds()
    {
        int room = AccessFormat.MaxLineOctets - 1;
        int wanted = 0;
        foreach (TemplatePiece piece in _pieces)
        {
            bool isText = piece.Source != TemplateSource.Literal && piece.Bound > NumberRoom;
            room -= isText ? NumberRoom : piece.Bound;
            wanted += isText ? piece.Bound - NumberRoom : 0;
        }

        if (wanted <= room)
        {
            return [.. _pieces];
        }

        return [.. _pieces.Select(piece => piece.Source == TemplateSource.Literal || piece.Bound <= NumberRoom
            ? piece
            : piece with { Bound = NumberRoom + (int)((long)(piece.Bound - NumberRoom) * Math.Max(room, 0) / wanted) })];
    }

    private static int BoundOf(AccessKey key) => key switch
    {
        AccessKey.RequestId => AccessBounds.RequestId,
        AccessKey.Method => AccessBounds.Method,
        AccessKey.Host or AccessKey.TlsServerName => AccessBounds.Host,
        AccessKey.TlsVersion or AccessKey.TlsCipher or AccessKey.TlsProtocol => AccessBounds.Module,
        AccessKey.TlsClientFingerprint => AccessBounds.Module,
        AccessKey.TlsClientSubject => AccessBounds.Subject,
        AccessKey.Path => AccessBounds.Path,
        AccessKey.Query => AccessBounds.Query,
        AccessKey.Site => AccessBounds.Site,
        AccessKey.Route => AccessBounds.Route,
        AccessKey.Upstream => AccessBounds.Upstream,
        AccessKey.Server => AccessBounds.Server,
        AccessKey.AnsweredBy => AccessBounds.Module,
        AccessKey.Error => AccessBounds.Error,
        AccessKey.ErrorDetail => AccessBounds.ErrorDetail,
        AccessKey.UserAgent => AccessBounds.UserAgent,
        AccessKey.Referer => AccessBounds.Referer,
        _ => NumberRoom,
    };

    private void Error(int at, string cause, string remedy) => _errors.Add(new AccessFormatError(at, cause, remedy));
}
