// Hot: runs for each response that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>Maps responses of requests that are not rewritten themselves.</summary>
internal sealed class ResponseRewriteModule : IResponseModule
{
    private readonly ResponseMapping _mapping;

    public ResponseRewriteModule(ResponseMapping mapping) => _mapping = mapping;

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        _mapping.Apply(exchange, wasStripped: false);
        return default;
    }
}
