using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>Starts exchanges without a client; the pipeline implements it.</summary>
public interface IFetcher
{
    /// <summary>
    /// Starts a fetch that passes only what stands below the running module of <paramref name="exchange"/>, with a deadline of its own.
    /// The request head is copied. The task completes when the response's head is there, or the fetch failed.
    /// </summary>
    ValueTask<FetchResult> FetchBelowAsync(Exchange exchange, RequestHead request, int deadlineMs);

    /// <summary>Starts a fetch from an upstream by name; no stack runs.</summary>
    ValueTask<FetchResult> FetchUpstreamAsync(Exchange exchange, string upstream, RequestHead request, int deadlineMs);
}
