// Hot: runs for each response that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Headers;

/// <summary>Changes the fields of responses. A type of its own, so that a stack without request operations has no request moment.</summary>
internal sealed class ResponseHeadersModule : IResponseModule
{
    private readonly FieldOperations _operations;

    public ResponseHeadersModule(FieldOperations operations) => _operations = operations;

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        if (exchange.Client.AcceptsTrailers)
        {
            exchange.ResponseBody = OperatedTrailers.Of(exchange.ResponseBody, exchange.Response.Version, _operations);
        }

        return _operations.Apply(exchange, exchange.Response.Fields) is { } failed ? throw failed.TooLarge() : default(ValueTask);
    }
}
