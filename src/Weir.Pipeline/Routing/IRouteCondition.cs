using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Routing;

/// <summary>
/// Something beside path and method that a route asks of a request: a header, the query, a cookie, the client's address. A condition is
/// pure: the same request, the same answer. It may be asked for a request that another route takes in the end.
/// </summary>
public interface IRouteCondition
{
    /// <summary>Whether the request fulfils it. Runs on the exchange's loop; must not allocate.</summary>
    bool Holds(Exchange exchange);

    /// <summary>
    /// Whether every request that fulfils another condition fulfils this one too. Used to prove that a route can never match: answer
    /// no in doubt.
    /// </summary>
    bool IsImpliedBy(IRouteCondition other);
}
