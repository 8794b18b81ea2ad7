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
    private readonly ValueTest _value;

    private HeaderCondition(byte[] name, ValueTest value)
    {
        _field = KnownFields.Find(name);
        _name = name;
        _value = value;
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
        byte[] nameOctets = Encoding.UTF8.GetBytes(name);
        if (!FieldSyntax.IsToken(nameOctets))
        {
            error = new PatternError($"'{name}' is not a field name.", "Write a name like X-Version.");
            return false;
        }

        if (ValueTest.TryParse(name, value, out ValueTest? test, out error))
        {
            condition = new HeaderCondition(nameOctets, test);
        }

        return condition is not null;
    }

    /// <inheritdoc/>
    public bool Holds(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        for (int slot = Find(fields, 0); slot >= 0; slot = Find(fields, slot + 1))
        {
            if (_value.Takes(fields.ValueAt(slot)))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other) =>
        other is HeaderCondition header && Ascii.EqualsIgnoreCase(_name, header._name) && _value.IsImpliedBy(header._value);

    /// <inheritdoc/>
    public override string ToString() => $"{Encoding.ASCII.GetString(_name)}: {_value}";

    private int Find(HeaderFields fields, int from) => _field == KnownField.Other ? fields.Find(_name, from) : fields.Find(_field, from);
}
