using Weir.Abstractions.Errors;

namespace Weir.Pipeline.Health;

/// <summary>One way to ask a server whether it is well, on one loop, one question at a time.</summary>
internal abstract class HealthCheck
{
    private readonly string _patience;

    protected HealthCheck(ActiveHealthPolicy policy)
    {
        Policy = policy;
        _patience = policy.TimeoutMs % 1000 == 0 ? $"{policy.TimeoutMs / 1000} s" : $"{policy.TimeoutMs} ms";
    }

    protected ActiveHealthPolicy Policy { get; }

    /// <summary>Whether the time of this question is over.</summary>
    protected bool IsOver { get; private set; }

    /// <summary>Asks.</summary>
    public ValueTask<CheckVerdict> AskAsync()
    {
        IsOver = false;
        return RunAsync();
    }

    /// <summary>Its time is over: the question ends soon.</summary>
    public void Abort()
    {
        IsOver = true;
        OnOver();
    }

    protected abstract ValueTask<CheckVerdict> RunAsync();

    protected virtual void OnOver()
    {
        // Connecting has the same deadline of its own.
    }

    /// <summary>A failure in words.</summary>
    protected CheckVerdict Failed(ProxyError error, string? detail = null) => CheckVerdict.Bad(Words(error, detail));

    private string Words(ProxyError error, string? detail)
    {
        if (ReferenceEquals(error, ProxyErrors.ConnectRefused))
        {
            return "connection refused";
        }

        if (ReferenceEquals(error, ProxyErrors.ConnectTimeout))
        {
            return $"no connection within {_patience}";
        }

        if (ReferenceEquals(error, ProxyErrors.ConnectUnreachable))
        {
            return "no route to it";
        }

        if (ReferenceEquals(error, ProxyErrors.DnsError) || ReferenceEquals(error, ProxyErrors.DnsTimeout))
        {
            return "its name does not resolve";
        }

        if (IsOver || ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.OriginIdle))
        {
            return $"no whole answer within {_patience}";
        }

        return ReferenceEquals(error, ProxyErrors.OriginReset) ? "connection closed without an answer"
            : ReferenceEquals(error, ProxyErrors.OriginTruncated) ? "the answer's body ended early"
            : ReferenceEquals(error, ProxyErrors.OriginBadHead) ? $"the answer is not HTTP ({detail ?? error.Name})"
            : error.Name.Replace('_', ' ');
    }
}
