using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Expressions;

namespace Weir.Modules.Limiting;

/// <summary>The text of an option `key`: whose requests belong together.</summary>
internal static class RequestKeyText
{
    /// <summary>What each option `key` says of itself.</summary>
    public const string Words = "client_ip, header.NAME, cookie.NAME, claims.NAME, host, all, or an expression such as [client.ip, request.path]";

    private const string HeaderPrefix = "header.";
    private const string CookiePrefix = "cookie.";
    private const string ClaimPrefix = "claims.";

    // What tells an expression from a mistyped word.
    private static readonly string[] _roots = ["request.", "client.", "server.", "tls.", "route."];

    /// <summary>The key that a text names; null after its mistake was reported.</summary>
    /// <param name="check">Where mistakes are reported.</param>
    /// <param name="option">The option that holds the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="ipv6Bits">How much of an IPv6 address does, 1 to 128.</param>
    public static RequestKey? Read(CheckedBuilder check, string option, string text, int ipv6Bits)
    {
        switch (text)
        {
            case "client_ip":
                return new RequestKey(RequestKeyKind.ClientAddress, [], ipv6Bits);
            case "host":
                return new RequestKey(RequestKeyKind.Host, [], ipv6Bits);
            case "all":
                return new RequestKey(RequestKeyKind.All, [], ipv6Bits);
            default:
                break;
        }

        bool isHeader = text.StartsWith(HeaderPrefix, StringComparison.Ordinal);
        bool isCookie = text.StartsWith(CookiePrefix, StringComparison.Ordinal);
        byte[] name = isHeader || isCookie ? Encoding.UTF8.GetBytes(text[HeaderPrefix.Length..]) : [];
        if (text.AsSpan().IndexOfAny('(', '[') >= 0 || Array.Exists(_roots, root => text.StartsWith(root, StringComparison.Ordinal)))
        {
            return ReadExpression(check, option, text);
        }

        if (text.Length > ClaimPrefix.Length && text.StartsWith(ClaimPrefix, StringComparison.Ordinal))
        {
            return ReadClaim(check, option, text[ClaimPrefix.Length..], ipv6Bits);
        }

        if (!FieldSyntax.IsToken(name))
        {
            check.Error(
                option, $"\"{text}\" is not a key.", "Write client_ip, header.NAME, cookie.NAME, claims.NAME, host, all or an expression.");
            return null;
        }

        return new RequestKey(isHeader ? RequestKeyKind.Header : RequestKeyKind.Cookie, name, ipv6Bits);
    }

    private static RequestKey? ReadClaim(CheckedBuilder check, string option, string name, int ipv6Bits)
    {
        if (ClaimNames.TryFind(name, out int claim))
        {
            return new RequestKey(claim, ipv6Bits);
        }

        check.Error(option, $"More than {ClaimNames.Most} claims were asked for since this process began.", "Use fewer, or restart it.");
        return null;
    }

    private static RequestKey? ReadExpression(CheckedBuilder check, string option, string text)
    {
        if (ExpressionCompiler.TryCompileKey(text, ExpressionScope.Request | ExpressionScope.Route, out KeyExpression? key, out ExpressionError? error))
        {
            return new RequestKey(key);
        }

        check.ErrorAt(option, error.Offset, error.Cause, error.Remedy);
        return null;
    }
}
