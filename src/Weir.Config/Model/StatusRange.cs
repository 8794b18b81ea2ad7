using System.Globalization;

namespace Weir.Config.Model;

/// <summary>Statuses from one to another, both included, written 200-399, or one of them.</summary>
/// <param name="First">100 to 599.</param>
/// <param name="Last">100 to 599, not below the first.</param>
public readonly record struct StatusRange(int First, int Last)
{
    /// <summary>Whether the status is among them.</summary>
    public bool Contains(int status) => status >= First && status <= Last;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? First.ToString(CultureInfo.InvariantCulture) : $"{First}-{Last}";
}
