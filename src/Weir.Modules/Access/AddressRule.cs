using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>One range and what is done with its addresses.</summary>
/// <param name="Range">The range.</param>
/// <param name="IsDeny">Whether they are refused.</param>
/// <param name="File">The number of the file it stands in, or <see cref="InConfiguration"/>.</param>
/// <param name="Line">Its line there.</param>
internal readonly record struct AddressRule(IpPrefix Range, bool IsDeny, sbyte File, int Line)
{
    public const sbyte InConfiguration = -1;
}
