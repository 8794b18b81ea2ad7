// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Rewrite;

/// <summary>Rewrites path and query. A type of its own, so that a stack without response mappings has no response moment.</summary>
internal sealed class RequestRewriteModule : IRequestModule
{
    private static readonly object _stripped = new();

    private readonly PathRewrite _path;
    private readonly QueryRewrite _query;
    private readonly int _strippedSlot;

    public RequestRewriteModule(PathRewrite path, QueryRewrite query, int strippedSlot)
    {
        _path = path;
        _query = query;
        _strippedSlot = strippedSlot;
    }

    /// <summary>Whether the prefix was taken off this exchange's path: only then is it put back in the response.</summary>
    public bool WasStripped(Exchange exchange) => _strippedSlot >= 0 && ReferenceEquals(exchange.Slot(_strippedSlot), _stripped);

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (!_path.TryApply(exchange, out bool wasStripped))
        {
            return new(Refusal.BadRequest(exchange, "rewrite", "the path made of the client's values is not allowed"));
        }

        if (wasStripped && _strippedSlot >= 0)
        {
            exchange.Slot(_strippedSlot) = _stripped;
        }

        if (!_query.IsEmpty && !_query.TryApply(exchange))
        {
            return new(Refusal.BadRequest(exchange, "rewrite", "the query made of the client's values is too long"));
        }

        return new(Verdict.Continue);
    }
}
