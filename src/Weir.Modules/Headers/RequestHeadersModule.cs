// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Headers;

/// <summary>
/// Changes the fields of requests. A type of its own, so that a stack without response operations has no response moment.
/// </summary>
internal sealed class RequestHeadersModule : IRequestModule
{
    private readonly Template? _host;
    private readonly FieldOperations _operations;

    public RequestHeadersModule(Template? host, FieldOperations operations)
    {
        _host = host;
        _operations = operations;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        if (_host is not null)
        {
            if (!_host.TryStore(exchange, fields, out ByteSlice authority))
            {
                return new(Refusal.BadRequest(exchange, "headers", "request.host cannot be made from the client's host"));
            }

            exchange.Request.SetOriginAuthority(authority);
        }

        exchange.RequestBody = OperatedTrailers.Of(exchange.RequestBody, exchange.Request.Version, _operations);
        return _operations.Apply(exchange, fields) is { } failed
            ? new(Refusal.BadRequest(exchange, "headers", failed.TooLarge().Message))
            : new(Verdict.Continue);
    }
}
