using System.Globalization;

namespace Weir.Abstractions.Options;

/// <summary>Events in a time, written 100/s, 600/m, 5/h, 1/d.</summary>
/// <param name="Count">Events.</param>
/// <param name="Per">The time.</param>
public readonly record struct Rate(double Count, TimeSpan Per)
{
    /// <summary>Events in a second.</summary>
    public double PerSecond => Count / Per.TotalSeconds;

    /// <inheritdoc/>
    public override string ToString()
    {
        string unit = Per.TotalSeconds switch { 1 => "s", 60 => "m", 3600 => "h", _ => "d" };
        return Count.ToString(CultureInfo.InvariantCulture) + "/" + unit;
    }
}
