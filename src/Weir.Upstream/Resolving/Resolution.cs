using Weir.Abstractions.Errors;

namespace Weir.Upstream.Resolving;

/// <summary>An immutable snapshot of what is known about a name. Shared by threads.</summary>
public abstract class Resolution
{
    private protected Resolution()
    {
    }

    /// <summary>Whether the first lookup has not ended yet.</summary>
    public bool IsPending { get; internal init; }

    /// <summary>Why the last lookup brought nothing; null after a good one. With addresses they are the last good ones.</summary>
    public ProxyError? Error { get; internal init; }

    /// <summary>What the last lookup complained about, with names and servers: for the operator. Empty when all is well.</summary>
    public string ErrorText { get; internal init; } = "";

    /// <summary>Lookups in a row that brought nothing.</summary>
    public int Failures { get; internal init; }

    /// <summary>When the next lookup is due, if anybody watches the name.</summary>
    public DateTimeOffset ExpiresAt { get; internal init; }

    /// <summary>Lifetime from <see cref="TakenAt"/>; infinite for what cannot change.</summary>
    internal TimeSpan Ttl { get; init; }

    /// <summary>The monotonic timestamp of the lookup's end.</summary>
    internal long TakenAt { get; init; }

    /// <summary>When the servers began to deny the name; null when they do not.</summary>
    internal long? DeniedSince { get; init; }

    internal bool IsFixed => Ttl == Timeout.InfiniteTimeSpan;
}
