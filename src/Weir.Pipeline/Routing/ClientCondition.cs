// Hot: asked for each candidate route that names clients.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Ranges of addresses of which the client's must be in one: the address that trusted proxies name, else the connection's.
/// </summary>
public sealed class ClientCondition : IRouteCondition
{
    private readonly IpPrefix[] _ranges;

    /// <summary>A condition over some ranges.</summary>
    public ClientCondition(IReadOnlyList<IpPrefix> ranges) => _ranges = [.. ranges];

    /// <inheritdoc/>
    public bool Holds(Exchange exchange) => IpPrefix.AnyContains(_ranges, exchange.ClientAddress);

    /// <inheritdoc/>
    public bool IsImpliedBy(IRouteCondition other) =>
        other is ClientCondition client && Array.TrueForAll(client._ranges, narrow => Array.Exists(_ranges, wide => Holds(wide, narrow)));

    /// <inheritdoc/>
    public override string ToString() => "client in " + string.Join(", ", _ranges);

    private static bool Holds(IpPrefix wide, IpPrefix narrow) => wide.Bits <= narrow.Bits && wide.Contains(narrow.Address);
}
