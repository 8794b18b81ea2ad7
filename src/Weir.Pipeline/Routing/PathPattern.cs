using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Weir.Pipeline.Routing;

/// <summary>
/// The path of a route, as the user writes it: <c>/a</c> is one path, <c>/a/*</c> is /a and everything below it, <c>~ ^/a</c> is a regular
/// expression. Literal paths are kept in the normal form that requests are compared in.
/// </summary>
public sealed class PathPattern
{
    private const string PrefixMark = "/*";

    private readonly byte[] _octets;

    private PathPattern(PathKind kind, string text, byte[] octets, bool ignoresCase, OctetRegex? regex)
    {
        Kind = kind;
        Text = text;
        IgnoresCase = ignoresCase;
        Regex = regex;
        _octets = octets;
    }

    /// <summary>Every path.</summary>
    public static PathPattern Any { get; } = new(PathKind.Any, "*", [], false, null);

    /// <summary>How it takes paths.</summary>
    public PathKind Kind { get; }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether ASCII letters are compared without regard to case.</summary>
    public bool IgnoresCase { get; }

    /// <summary>
    /// The literal path, in lower case where case is ignored: the whole of an exact one, what stands before "/*" of a prefix; else empty.
    /// </summary>
    public ReadOnlySpan<byte> Octets => _octets;

    internal OctetRegex? Regex { get; }

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(
        string text, bool ignoresCase, [NotNullWhen(true)] out PathPattern? pattern, [NotNullWhen(false)] out PatternError? error)
    {
        string trimmed = text.Trim();
        if (trimmed.StartsWith('~'))
        {
            pattern = OctetRegex.TryCreate(trimmed[1..].Trim(), ignoresCase, out OctetRegex? regex, out error)
                ? new PathPattern(PathKind.Regex, trimmed, [], ignoresCase, regex)
                : null;
            return pattern is not null;
        }

        bool isPrefix = trimmed.EndsWith(PrefixMark, StringComparison.Ordinal);
        pattern = null;
        error = PathLiteral.Normalise(isPrefix ? trimmed[..^PrefixMark.Length] : trimmed, trimmed, out byte[] octets);
        if (error is null)
        {
            PathKind kind = isPrefix ? PathKind.Prefix : PathKind.Exact;
            pattern = new PathPattern(kind, trimmed, ignoresCase ? OctetCase.Lower(octets) : octets, ignoresCase, null);
        }

        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal byte[] Key() => _octets;

    /// <summary>The literal as text, for messages and keys of maps.</summary>
    internal string LiteralText() => Encoding.Latin1.GetString(_octets);
}
