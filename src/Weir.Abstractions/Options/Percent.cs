using System.Globalization;

namespace Weir.Abstractions.Options;

/// <summary>A share, written 75%.</summary>
/// <param name="Value">0 to 100.</param>
public readonly record struct Percent(double Value)
{
    /// <summary>0 to 1.</summary>
    public double Fraction => Value / 100;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + "%";
}
