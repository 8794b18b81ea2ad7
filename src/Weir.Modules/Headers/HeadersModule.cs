// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Headers;

/// <summary>Changes the fields of requests and of responses.</summary>
internal sealed class HeadersModule : IRequestModule, IResponseModule
{
    private readonly RequestHeadersModule _request;
    private readonly ResponseHeadersModule _response;

    public HeadersModule(RequestHeadersModule request, ResponseHeadersModule response)
    {
        _request = request;
        _response = response;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _request.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange) => _response.OnResponseAsync(exchange);
}
