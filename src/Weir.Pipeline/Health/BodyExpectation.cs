using System.Text;
using System.Text.RegularExpressions;
using Weir.Config.Model;

namespace Weir.Pipeline.Health;

/// <summary>What the body of a good answer holds: a text, or what a regular expression matches. Immutable.</summary>
public sealed class BodyExpectation : IEquatable<BodyExpectation>
{
    private readonly byte[] _octets;
    private readonly Regex? _regex;

    /// <summary>As the configuration says it.</summary>
    public BodyExpectation(ValuePattern pattern)
    {
        Text = pattern.ToString();
        _octets = Encoding.UTF8.GetBytes(pattern.Text);
        _regex = pattern.IsRegex ? pattern.ToRegex() : null;
    }

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Whether a body is as expected. Linear in its length.</summary>
    public bool IsMet(ReadOnlySpan<byte> body) =>
        _regex is null ? body.IndexOf(_octets) >= 0 : _regex.IsMatch(Encoding.UTF8.GetString(body));

    /// <inheritdoc/>
    public bool Equals(BodyExpectation? other) => other is not null && other.Text == Text && (_regex is null) == (other._regex is null);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BodyExpectation);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
