using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// The answer that Weir makes itself when there is no other: an error page that says nothing about origins, and Proxy-Status.
/// </summary>
internal static class ErrorAnswer
{
    private const int ShortestRetrySeconds = 1;

    public static void Make(Passage passage, ProxyError error)
    {
        Exchange exchange = passage.Exchange;
        exchange.Trace?.Add("error", $"{error.Name}: {error.Text}");
        exchange.Error = error;

        // RFC 9211: what a cache says about the request stands on the page about its error too.
        byte[]? cacheStatus = exchange.Response.Fields.TryGet("Cache-Status"u8, out ReadOnlySpan<byte> said) ? said.ToArray() : null;
        passage.Plan.ErrorPages.Answer(
            exchange, exchange.ErrorStatus > 0 ? exchange.ErrorStatus : error.Status, RetryAfter(exchange, error));
        HeaderFields fields = exchange.Response.Fields;
        if (cacheStatus is not null)
        {
            fields.Add("Cache-Status"u8, cacheStatus);
        }

        if (!fields.Has(KnownField.ProxyStatus))
        {
            ProxyStatusField.Append(fields, IdentityPolicy.Pseudonym, Encoding.ASCII.GetBytes(error.ProxyStatus), default);
        }

        if (error.Status == 405)
        {
            // RFC 9110 section 15.5.6: Allow is required.
            fields.Set("Allow"u8, "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH, QUERY"u8);
        }
    }

    private static int RetryAfter(Exchange exchange, ProxyError error) =>
        exchange.RetryAfterSeconds > 0 ? exchange.RetryAfterSeconds : error.Status == 503 ? ShortestRetrySeconds : 0;
}
