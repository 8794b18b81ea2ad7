using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Modules;

/// <summary>Runs after the exchange ended, however it ended.</summary>
public interface IFinishModule : IModule
{
    /// <summary>Looks at what became of the exchange. Nothing can be changed any more.</summary>
    void OnFinished(in ExchangeSummary summary);
}
