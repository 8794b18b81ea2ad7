using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Forwarding;

/// <summary>What may be sent again (RFC 9110 section 9.2.2): semantics section 5, as decided.</summary>
internal static class RetryRules
{
    // Servers that one request may find closed, beside the tries that were sent: as many as are remembered as tried.
    private const int MaxUnsent = 3;

    /// <summary>
    /// Whether another try is allowed after this one. What was not sent does not count against the attempts, only against a bound of its
    /// own.
    /// </summary>
    public static bool HasTriesLeft(Passage passage, bool wasSent, ForwardPolicy policy)
    {
        int sent = passage.Exchange.Retries - passage.UnsentTries;
        return policy.Attempts > 1 && (wasSent ? sent + 1 < policy.Attempts : passage.UnsentTries < MaxUnsent);
    }

    /// <summary>Whether the server says that it has not looked at the request (RFC 9113 section 8.7): then it was not a try.</summary>
    public static bool IsUnprocessed(ProxyError? error) => ReferenceEquals(error, ProxyErrors.OriginRefused);

    /// <summary>Whether a try that failed with this error may be followed by another.</summary>
    public static bool MayRetry(Passage passage, ProxyError error, bool wasSent, ForwardPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        if (!error.IsRetryable || exchange.Client.IsGone || exchange.Timings.ResponseNs != 0)
        {
            return false;
        }

        if (IsUnprocessed(error))
        {
            // Any method: RFC 9113 section 8.7. But its content must be there to be sent again.
            return (policy.RetriesConnect || policy.RetriesReset) && HasContent(passage);
        }

        if (!wasSent)
        {
            // Not an octet left: any method may try elsewhere, because its content was not touched.
            return policy.RetriesConnect || (policy.RetriesTimeout && ReferenceEquals(error, ProxyErrors.TryTimeout));
        }

        bool isAsked = error.Phase == Phase.Connect ? policy.RetriesConnect
            : ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.TryTimeout) ? policy.RetriesTimeout
            : policy.RetriesReset;
        return isAsked && CanRepeat(passage);
    }

    /// <summary>Whether a response with this status may be dropped and the request sent again.</summary>
    public static bool MayRetryStatus(Passage passage, int status, ForwardPolicy policy)
    {
        IReadOnlyList<int> statuses = policy.RetryStatuses;
        for (int i = 0; i < statuses.Count; i++)
        {
            if (statuses[i] == status)
            {
                return CanRepeat(passage);
            }
        }

        return false;
    }

    private static bool CanRepeat(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (passage.WantsUpgrade || !RequestMethods.IsIdempotent(exchange.Request.Method))
        {
            return false;
        }

        return HasContent(passage);
    }

    private static bool HasContent(Passage passage) =>
        passage.Exchange.Request.BodyLength.IsNone || passage.Replay is { IsWhole: true }
        || passage.Exchange.RequestBody is BufferedBody { IsWhole: true };
}
