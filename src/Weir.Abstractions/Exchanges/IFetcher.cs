using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>Starts exchanges without a client; the pipeline implements it.</summary>
public interface IFetcher
{
    /// <summary>How much of a fetch's content is kept unless the caller says otherwise: 1 MiB.</summary>
    const int DefaultWindowOctets = 1 << 20;

    /// <summary>
    /// Starts a fetch that passes only what stands below the running module of <paramref name="exchange"/>, with a deadline of its own.
    /// The request head is copied. The task completes when the response's head is there, or the fetch failed.
    /// </summary>
    /// <param name="exchange">The exchange whose module asks, on its loop.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="deadlineMs">How long the whole fetch may take, content included; 0: no limit of its own.</param>
    /// <param name="windowOctets">How much of the content is kept for readers; at least 64 KiB.</param>
    /// <param name="content">The request's content; null: it has none.</param>
    /// <param name="interims">
    /// Who gets the interim responses: the exchange's own client, and only by a module that waits for the result with it. Null: nobody.
    /// </param>
    ValueTask<FetchResult> FetchBelowAsync(
        Exchange exchange,
        RequestHead request,
        int deadlineMs,
        int windowOctets = DefaultWindowOctets,
        PinnedBody? content = null,
        ClientStream? interims = null);

    /// <summary>Starts a fetch from an upstream by name; no stack runs.</summary>
    /// <param name="exchange">The exchange whose module asks, on its loop; used until this method returns.</param>
    /// <param name="upstream">The upstream's name in the configuration.</param>
    /// <param name="request">What is asked for; copied.</param>
    /// <param name="deadlineMs">How long the whole fetch may take, content included; 0: no limit of its own.</param>
    /// <param name="windowOctets">How much of the content is kept for readers; at least 64 KiB.</param>
    /// <param name="content">The request's content; null: it has none.</param>
    ValueTask<FetchResult> FetchUpstreamAsync(
        Exchange exchange,
        string upstream,
        RequestHead request,
        int deadlineMs,
        int windowOctets = DefaultWindowOctets,
        PinnedBody? content = null);
}
