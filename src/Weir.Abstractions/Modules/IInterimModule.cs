using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Modules;

/// <summary>
/// Runs for each interim response of an origin (103 and its like) that goes on to the client, in reverse list order. Not for a 101, which
/// is a final response to modules, nor for a 100 of Weir's own.
/// </summary>
public interface IInterimModule : IModule
{
    /// <summary>Looks at the interim response's head and may change it.</summary>
    void OnInterim(Exchange exchange, ResponseHead head);
}
