// Hot: runs for each request and response that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.RateLimit;

/// <summary>A rate limit that tells clients what they have left.</summary>
internal sealed class TellingRateLimitModule : IRequestModule, IResponseModule
{
    private readonly RateLimitModule _limit;

    public TellingRateLimitModule(RateLimitModule limit) => _limit = limit;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _limit.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        _limit.Tell(exchange, exchange.Response.Fields);
        return default;
    }
}
