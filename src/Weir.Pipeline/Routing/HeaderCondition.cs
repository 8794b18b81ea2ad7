// Hot: asked for each candidate route that names header fields.
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A header field that must be there: with one exact value, with a value in which a regular expression is found, or with any value. Of
/// several fields with the name, one is enough.
/// </summary>
public sealed class HeaderCondition : IRouteCondition
{
    private readonly KnownField _field;
    private readonly byte[] _name;
    private readonly byte[]? _value;
    private readonly OctetRegex? _regex;

    private HeaderCondition(byte[] name, byte[]? value, OctetRegex? regex)
    {
        _field = KnownFields.Find(name);
        _name = name;
        _value = value;
        _regex = regex;
    }

    /// <summary>Reads a condition.</summary>
    /// <param name="name">The field's name, in any case.</param>
    /// <param name="value"><c>*</c>: any value. <c>~ expression</c>: a regular expression. Anything else: exactly this value.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="error">Why it cannot be used.</param>
    public static bool TryParse(
        string name, string value, [NotNullWhen(true)] out HeaderCondition? condition, [NotNullWhen(false)] out PatternError? error)
    {
        condition = null;
        error = null;
        byte[] nameOctets = Encoding.UTF8.GetBytes(name);
        byte[] valueOctets = Encoding.UTF8.GetBytes(value.Trim());
        if (!FieldSyntax.IsToken(nameOctets))
        {
            error = new PatternError($"'{name}' is not a field name.", "Write a name like X-Version.");
            return false;
        }

        if (!FieldSyntax.IsValue(valueOctets))
        {
            error = new PatternError($"The value for '{name}' holds a control character.", "Leave it out: no field has such a value.");
            return false;
        }

        if (value.StartsWith('~'))
        {
            bool isRegex = OctetRegex.TryCreate(value[1..].Trim(), false, out OctetRegex? regex, out error);
            condition = isRegex ? new HeaderCondition(nameOctets, null, regex) : null;
            return condition is not null;
        }

        condition = new HeaderCondition(nameOctets, value == "*" ? null : valueOctets, null);
        return true;
    }

    /// <inheritdoc/>
    public bool Holds(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        for (int slot = Find(fields, 0); slot >= 0; slot = Find(fields, slot + 1))
        {
            if (Takes(fields.ValueAt(slot)))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other)
    {
        if (other is not HeaderCondition header || !Ascii.EqualsIgnoreCase(_name, header._name))
        {
            return false;
        }

        if (header._value is not null)
        {
            return Takes(header._value);
        }

        bool isAnyValue = _value is null && _regex is null;
        return isAnyValue || (_regex is not null && _regex.Text == header._regex?.Text);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string value = _regex is not null ? "~ " + _regex.Text : _value is null ? "*" : Encoding.UTF8.GetString(_value);
        return $"{Encoding.ASCII.GetString(_name)}: {value}";
    }

    private int Find(HeaderFields fields, int from) => _field == KnownField.Other ? fields.Find(_name, from) : fields.Find(_field, from);

    private bool Takes(ReadOnlySpan<byte> value)
    {
        if (_value is not null)
        {
            return value.SequenceEqual(_value);
        }

        return _regex is null || _regex.IsMatch(value);
    }
}
