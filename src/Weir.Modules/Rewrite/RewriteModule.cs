// Hot: runs for each request and response that pass the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>Rewrites requests and maps their responses back.</summary>
internal sealed class RewriteModule : IRequestModule, IResponseModule
{
    private readonly RequestRewriteModule _request;
    private readonly ResponseMapping _mapping;

    public RewriteModule(RequestRewriteModule request, ResponseMapping mapping)
    {
        _request = request;
        _mapping = mapping;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _request.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        _mapping.Apply(exchange, _request.WasStripped(exchange));
        return default;
    }
}
