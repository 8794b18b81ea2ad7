using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Modules;

/// <summary>Runs on the way up, in reverse list order, once the final response's head is known.</summary>
public interface IResponseModule : IModule
{
    /// <summary>Looks at the response's head and may change it.</summary>
    ValueTask OnResponseAsync(Exchange exchange);
}
