// Hot: asked for each candidate route that names cookies.
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Routing;

/// <summary>
/// A cookie that must be there, with a value as <see cref="HeaderCondition"/> has them. Of several with the name the first counts.
/// </summary>
public sealed class CookieCondition : IRouteCondition
{
    private readonly byte[] _name;
    private readonly ValueTest _value;

    private CookieCondition(byte[] name, ValueTest value)
    {
        _name = name;
        _value = value;
    }

    /// <summary>Reads a condition; names of cookies are case-sensitive.</summary>
    public static bool TryParse(
        string name, string value, [NotNullWhen(true)] out CookieCondition? condition, [NotNullWhen(false)] out PatternError? error)
    {
        condition = null;
        byte[] nameOctets = Encoding.UTF8.GetBytes(name);
        if (!FieldSyntax.IsToken(nameOctets))
        {
            error = new PatternError($"'{name}' is not a cookie's name.", "Write a name like session.");
            return false;
        }

        if (ValueTest.TryParse(name, value, out ValueTest? test, out error))
        {
            condition = new CookieCondition(nameOctets, test);
        }

        return condition is not null;
    }

    /// <inheritdoc/>
    public bool Holds(Exchange exchange) =>
        CookieFields.TryFind(exchange.Request.Fields, _name, out ReadOnlySpan<byte> value) && _value.Takes(value);

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other) =>
        other is CookieCondition cookie && _name.AsSpan().SequenceEqual(cookie._name) && _value.IsImpliedBy(cookie._value);

    /// <inheritdoc/>
    public override string ToString() => $"cookie {Encoding.ASCII.GetString(_name)}: {_value}";
}
