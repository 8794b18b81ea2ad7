// Hot: one is taken for each fetch.
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// Exchange objects of fetches that are over, for the next ones: each loop has its own and alone touches them. A connection keeps its
/// exchange from request to request; a fetch has no connection that could.
/// </summary>
internal sealed class FetchExchanges
{
    // More at once than that are a burst, and its memory need not stay.
    private const int KeptPerLoop = 256;

    private readonly Stack<Exchange>[] _idle;

    public FetchExchanges(int loopCount) => _idle = [.. Enumerable.Range(0, loopCount).Select(_ => new Stack<Exchange>())];

    public Exchange Take(Loop loop) => _idle[loop.Index].TryPop(out Exchange? exchange) ? exchange : new Exchange();

    /// <summary>The fetch is over, and nothing refers to its exchange any more.</summary>
    public void Return(Exchange exchange)
    {
        Stack<Exchange> idle = _idle[exchange.Loop.Index];
        exchange.Reset();
        if (idle.Count < KeptPerLoop)
        {
            idle.Push(exchange);
        }
    }
}
