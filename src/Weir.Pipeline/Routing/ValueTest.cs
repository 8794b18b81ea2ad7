// Hot: asked for each candidate route that names a header field, a query parameter or a cookie.
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Routing;

/// <summary>What a value must be: one exact text, one in which a regular expression is found, or anything.</summary>
internal sealed class ValueTest
{
    private readonly byte[]? _exact;
    private readonly OctetRegex? _regex;

    private ValueTest(byte[]? exact, OctetRegex? regex)
    {
        _exact = exact;
        _regex = regex;
    }

    /// <summary>Reads a test.</summary>
    /// <param name="name">What the value belongs to, for messages.</param>
    /// <param name="text"><c>*</c>: any value. <c>~ expression</c>: a regular expression. Anything else: exactly this value.</param>
    /// <param name="test">The test.</param>
    /// <param name="error">Why it cannot be used.</param>
    public static bool TryParse(
        string name, string text, [NotNullWhen(true)] out ValueTest? test, [NotNullWhen(false)] out PatternError? error)
    {
        test = null;
        error = null;
        byte[] octets = Encoding.UTF8.GetBytes(text.Trim());
        if (!FieldSyntax.IsValue(octets))
        {
            error = new PatternError($"The value for '{name}' holds a control character.", "Leave it out: no request has such a value.");
            return false;
        }

        if (text.StartsWith('~'))
        {
            test = OctetRegex.TryCreate(text[1..].Trim(), false, out OctetRegex? regex, out error) ? new ValueTest(null, regex) : null;
            return test is not null;
        }

        test = new ValueTest(text == "*" ? null : octets, null);
        return true;
    }

    /// <summary>Whether a value passes.</summary>
    public bool Takes(ReadOnlySpan<byte> value)
    {
        if (_exact is not null)
        {
            return value.SequenceEqual(_exact);
        }

        return _regex is null || _regex.IsMatch(value);
    }

    /// <summary>Whether every value that passes another test passes this one; no in doubt.</summary>
    public bool IsImpliedBy(ValueTest other)
    {
        if (other._exact is not null)
        {
            return Takes(other._exact);
        }

        bool takesAny = _exact is null && _regex is null;
        return takesAny || (_regex is not null && _regex.Text == other._regex?.Text);
    }

    /// <inheritdoc/>
    public override string ToString() => _regex is not null ? "~ " + _regex.Text : _exact is null ? "*" : Encoding.UTF8.GetString(_exact);
}
