using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config.Shapes;

/// <summary>The shapes of strings.</summary>
internal static class StringShapes
{
    private static readonly string[] _methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

    private static readonly Dictionary<Syntax, ScalarShape> _shapes = new()
    {
        [Syntax.Any] = new("a text", (text, _) => Parsed.Of(text)),
        [Syntax.Text] = new("a text", (text, _) => NotEmpty(text)),
        [Syntax.File] = new("a file", (text, _) => File(text)),
        [Syntax.Name] = new("a name", (text, _) => Name(text)) { Pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$" },
        [Syntax.Method] = new("a method", (text, _) => Method(text)) { Examples = "GET, POST" },
        [Syntax.FieldName] = new("a header field's name", (text, _) => Token(text, "is not a header field's name")),
        [Syntax.Token] = new("a name", (text, _) => Token(text, "is not a cookie's name")),
        [Syntax.ErrorStatus] = new("a status", (text, _) => ErrorStatus(text)) { Pattern = "^[45][0-9][0-9]$" },
        [Syntax.HashKey] = new("client_ip, uri, header.NAME or cookie.NAME", (text, _) => HashKey(text)),
        [Syntax.HttpUrl] = new("a URL", (text, _) => HttpUrl(text)),
        [Syntax.Path] = new("a path", (text, _) => AbsolutePath(text)) { Examples = "/healthz" },
        [Syntax.Authority] = new("HOST or HOST:PORT", (text, _) => Authority(text)) { Examples = "app.internal" },
        [Syntax.LogFormat] = new("json, combined or a template", (text, _) => LogFormat(text)),
    };

    internal static ScalarShape Of(Syntax syntax) => _shapes[syntax];

    private static Parsed NotEmpty(string text) =>
        text.Length > 0 ? Parsed.Of(text) : Parsed.Wrong("is empty", "Write something, or remove the key.");

    private static Parsed File(string text)
    {
        if (text.Length == 0)
        {
            return Parsed.Wrong("is empty", "Write a file's name, or remove the key.");
        }

        return text.Any(char.IsControl) ? Parsed.Wrong("holds a control character", "Remove it.") : Parsed.Of(text);
    }

    private static Parsed Name(string text)
    {
        bool isName = text.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isName
            ? Parsed.Of(text)
            : Parsed.Wrong("is not a name", "Use letters, digits, -, _ and ., with a letter or digit first; at most 100 of them.");
    }

    private static Parsed Method(string text)
    {
        if (!FieldSyntax.IsToken(Encoding.UTF8.GetBytes(text)))
        {
            return Parsed.Wrong("is not a method", "Write a method: GET, POST.");
        }

        // RFC 9110 section 9.1: methods are case-sensitive, so `get` would match no browser's request.
        string upper = text.ToUpperInvariant();
        if (upper != text && _methods.Contains(upper))
        {
            return Parsed.Wrong("is in lower case; methods are case-sensitive", $"Write {upper}.");
        }

        return Nearest.Find(text, _methods) is { } near && near != text
            ? Parsed.Wrong("is not a known method", $"Did you mean {near}?")
            : Parsed.Of(text);
    }

    private static Parsed Token(string text, string cause) => FieldSyntax.IsToken(Encoding.UTF8.GetBytes(text))
        ? Parsed.Of(text)
        : Parsed.Wrong(cause, "Use letters, digits and -, without blanks or colons.");

    private static Parsed ErrorStatus(string text) => text.Length == 3 && text[0] is '4' or '5' && text.All(char.IsAsciiDigit)
        ? Parsed.Of(text)
        : Parsed.Wrong("is not a status of an error", "Write a status from 400 to 599.");

    private static Parsed HashKey(string text)
    {
        int dot = text.IndexOf('.');
        string kind = dot < 0 ? text : text[..dot];
        bool isNamed = dot > 0 && FieldSyntax.IsToken(Encoding.UTF8.GetBytes(text[(dot + 1)..]));
        return text is "client_ip" or "uri" || (kind is "header" or "cookie" && isNamed)
            ? Parsed.Of(text)
            : Parsed.Wrong("is nothing to hash by", "Use client_ip, uri, header.NAME or cookie.NAME.");
    }

    private static Parsed HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? Parsed.Of(text)
            : Parsed.Wrong("is not a URL", "Write http://HOST/PATH or https://HOST/PATH.");

    private static Parsed AbsolutePath(string text) => text.StartsWith('/') && text.All(c => c is > ' ' and < '\x7F')
        ? Parsed.Of(text)
        : Parsed.Wrong("is not a path", "Begin with a slash, without blanks: /healthz.");

    private static Parsed Authority(string text)
    {
        (string? host, int? port) = OriginSyntax.Split(text, 80);
        return host is not null && port is not null
            ? Parsed.Of(text)
            : Parsed.Wrong("is not a host", "Write HOST or HOST:PORT, without a scheme.");
    }

    private static Parsed LogFormat(string text)
    {
        if (text is "json" or "combined" || text.Contains('{'))
        {
            return Parsed.Of(text);
        }

        string remedy = "Use json, combined, or a template with {names} in braces.";
        return Parsed.Wrong(
            "is no format",
            Nearest.Find(text, ["json", "combined"]) is { } near ? $"Did you mean \"{near}\"? {remedy}" : remedy);
    }
}
