// Hot: runs for each request and response that passes the stack.
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Filter;

/// <summary>A filter with rules that look at the response too.</summary>
internal sealed class TwoWayFilterModule : IRequestModule, IResponseModule
{
    private static readonly PinnedBody _text = new("The response is not given out.\n"u8);

    private readonly FilterModule _requests;
    private readonly FilterRules _rules;

    public TwoWayFilterModule(FilterModule requests, FilterRules rules)
    {
        _requests = requests;
        _rules = rules;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _requests.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        _rules.Apply(exchange)?.Replace(exchange, _text);
        return default;
    }
}
