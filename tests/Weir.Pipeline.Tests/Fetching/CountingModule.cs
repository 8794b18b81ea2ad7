using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>Counts how often each of its moments came.</summary>
internal sealed class CountingModule : IRequestModule, IResponseModule, IFinishModule
{
    public int Requests { get; private set; }

    public int Responses { get; private set; }

    public int Finishes { get; private set; }

    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        Requests++;
        return new(Verdict.Continue);
    }

    public ValueTask OnResponseAsync(Exchange exchange)
    {
        Responses++;
        return default;
    }

    public void OnFinished(in ExchangeSummary summary) => Finishes++;
}
